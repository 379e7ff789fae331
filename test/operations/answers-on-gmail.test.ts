import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { parseMime } from '../../src/mail/mime/parse-mime.ts';
import { startTestEmulator } from '../support/emulator.ts';
import { startTwoDoors } from './two-doors.ts';

const owner = 'me@example.org';

function word(text: string): string {
  return `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`;
}

/** Mail whose names look like addresses as soon as somebody has decoded them, and whom it really names. */
const cases: readonly {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly from?: string;
  readonly answer: readonly string[];
  readonly answerToAll?: readonly string[];
}[] = [
  {
    name: 'a comma in the name of the sender',
    headers: { From: `${word('Müller, Jörg')} <joerg@fern.example>`, To: owner },
    from: '"Müller, Jörg" <joerg@fern.example>',
    answer: ['joerg@fern.example'],
  },
  {
    name: 'an address in the name of the sender',
    headers: { From: `${word('Ceo Boss <boss@corp.example>')} <attacker@evil.example>`, To: owner },
    answer: ['attacker@evil.example'],
  },
  {
    name: 'a whole list in the name of the sender',
    headers: { From: `${word('Boss <boss@corp.example>, Real')} <attacker@evil.example>`, To: owner },
    answer: ['attacker@evil.example'],
  },
  {
    name: 'a bare address in the name of the sender',
    headers: { From: `${word('boss@corp.example, Real')} <attacker@evil.example>`, To: owner },
    answer: ['attacker@evil.example'],
  },
  {
    name: 'a comma in an ASCII name',
    headers: { From: `${word('Smith, John')} <john@fern.example>`, To: owner },
    from: '"Smith, John" <john@fern.example>',
    answer: ['john@fern.example'],
  },
  {
    name: 'an address in the name of a recipient',
    headers: {
      From: 'Ann <ann@fern.example>',
      To: `${word('Bob <eve@evil.example>')} <bob@fern.example>, ${owner}`,
    },
    answer: ['ann@fern.example'],
    answerToAll: ['ann@fern.example', 'bob@fern.example'],
  },
  {
    name: 'a whole list in the name of a recipient',
    headers: {
      From: 'Ann <ann@fern.example>',
      To: owner,
      Cc: `${word('Eve <eve@evil.example>, Bob')} <bob@fern.example>`,
    },
    answer: ['ann@fern.example'],
    answerToAll: ['ann@fern.example', 'bob@fern.example'],
  },
  {
    name: 'an address in the name of Reply-To',
    headers: {
      From: 'Ann <ann@fern.example>',
      'Reply-To': `${word('Desk <eve@evil.example>')} <desk@fern.example>`,
      To: owner,
    },
    answer: ['desk@fern.example'],
  },
  {
    name: 'a bare encoded address in Reply-To',
    headers: { From: 'Ann <ann@fern.example>', 'Reply-To': word('eve@evil.example'), To: owner },
    answer: ['ann@fern.example'],
  },
  {
    name: 'a colon in the name of the sender',
    headers: { From: `${word('Vertrieb: Müller')} <joerg@fern.example>`, To: owner },
    from: '"Vertrieb: Müller" <joerg@fern.example>',
    answer: ['joerg@fern.example'],
  },
];

suite('an answer to mail of a live account goes to those whom the message names', () => {
  test('and the sender that is shown is the one who wrote it', { timeout: 120_000 }, async (t) => {
    const emulator = await startTestEmulator(t, { settings: { unitsPerMinute: 1_000_000 } });
    const { overRest } = await startTwoDoors(t, async () => ({
      GMAIL_BACKEND: 'gmail',
      GMAIL_API_ROOT_URL: emulator.rootUrl,
      GMAIL_OAUTH_ROOT_URL: emulator.rootUrl,
      GMAIL_ACCOUNT: owner,
      GMAIL_ACCESS_TOKEN: emulator.account.accessToken,
      GMAIL_QUOTA_UNITS_PER_MINUTE: '1000000',
    }));
    for (const { name, headers, from, answer, answerToAll = answer } of cases) {
      await t.test(name, async () => {
        const lines = Object.entries({ ...headers, Subject: name }).map(([key, value]) => `${key}: ${value}`);
        const raw = [...lines, 'Message-ID: <1@fern.example>', '', 'please answer', ''].join('\r\n');
        const { id } = await emulator.deliver(undefined, Buffer.from(raw));
        const { json } = await overRest('read_message', { id });
        if (from !== undefined) assert.equal(json.from, from);
        const [author = ''] = Object.values(headers);
        assert.ok(String(json.from).endsWith(/<[^<>]*>$/.exec(author)?.[0] ?? ''), String(json.from));
        for (const [replyAll, wanted] of [
          [false, answer],
          [true, answerToAll],
        ] as const) {
          const draft = await overRest('create_draft', { replyTo: id, replyAll, body: 'Yes.' });
          const { message } = await emulator.mailbox().getDraft(String(draft.json.draftId ?? draft.json.id));
          const { to, cc, bcc } = await parseMime(message.raw);
          const addresses = [...to, ...cc, ...bcc].map(({ address }) => address);
          assert.deepEqual(addresses.toSorted(), [...wanted].toSorted(), `replyAll ${replyAll}`);
        }
      });
    }
  });

  test('without another request where plain mail leaves no doubt', async (t) => {
    const emulator = await startTestEmulator(t, { settings: { unitsPerMinute: 1_000_000 } });
    const { overRest } = await startTwoDoors(t, async () => ({
      GMAIL_BACKEND: 'gmail',
      GMAIL_API_ROOT_URL: emulator.rootUrl,
      GMAIL_OAUTH_ROOT_URL: emulator.rootUrl,
      GMAIL_ACCOUNT: owner,
      GMAIL_ACCESS_TOKEN: emulator.account.accessToken,
    }));
    const raw = `From: Ann Lee <ann@fern.example>\r\nTo: Me <${owner}>\r\nSubject: a\r\nMessage-ID: <1@x>\r\n\r\nb\r\n`;
    const { id } = await emulator.deliver(undefined, Buffer.from(raw));
    await overRest('read_message', { id });
    emulator.counters.reset();
    const { status, json } = await overRest('create_draft', { replyTo: id, body: 'Yes.' });
    assert.equal(status, 201, JSON.stringify(json));
    // The draft is read back once.
    assert.equal(emulator.counters.read().callsByMethod['gmail.users.messages.get'], 1);
  });
});
