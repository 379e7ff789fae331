import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { localMailboxFolder } from '../../src/store/sqlite/mail/local-mailboxes.ts';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import type { LocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { parseMime } from '../../src/mail/mime/parse-mime.ts';
import type { ParsedMail } from '../../src/mail/message.ts';
import { buildMail, type MailParts } from '../build-mail.ts';
import { withoutCodes } from '../mcp/fence/without-codes.ts';
import { startTwoDoors, type TwoDoors } from '../operations/two-doors.ts';
import { startTestEmulator } from '../support/emulator.ts';

// The defects that were found in other servers (header injection, lost Bcc, replies outside their thread, …), each
// asked of both servers on both backends.

const owner = 'me@example.org';
const alias = 'alias@example.org';

type Json = Readonly<Record<string, unknown>>;
type Context = Parameters<typeof startTwoDoors>[0];

interface World extends TwoDoors {
  readonly mailbox: LocalMailbox;
}

const worlds: Readonly<Record<string, (context: Context) => Promise<World>>> = {
  async local(context) {
    let mailbox: LocalMailbox | undefined;
    const doors = await startTwoDoors(context, async (dataFolder) => {
      mailbox = openLocalMailbox({ store: openMailStore(localMailboxFolder(dataFolder, owner)), emailAddress: owner });
      return {};
    });
    assert.ok(mailbox);
    const opened = mailbox;
    context.after(() => opened.close());
    return { ...doors, mailbox: opened };
  },
  async gmail(context) {
    const emulator = await startTestEmulator(context);
    const doors = await startTwoDoors(context, async () => ({
      GMAIL_BACKEND: 'gmail',
      GMAIL_API_ROOT_URL: emulator.rootUrl,
      GMAIL_OAUTH_ROOT_URL: emulator.rootUrl,
      GMAIL_ACCOUNT: owner,
      GMAIL_QUOTA_UNITS_PER_MINUTE: '1000000',
      GMAIL_ACCESS_TOKEN: emulator.tokens.issue({}).accessToken,
    }));
    return { ...doors, mailbox: emulator.mailbox() };
  },
};

type Answer = { readonly code?: string; readonly text: string };

/** The same operation over either door, so that a test says only once what must be so. */
const doorsOf: Readonly<Record<string, (world: World) => (name: string, input: Json) => Promise<Answer>>> = {
  REST: (world) => async (name, input) => {
    const { status, json } = await world.overRest(name, input);
    return { text: JSON.stringify(json), ...(status < 300 ? {} : { code: String(json.code) }) };
  },
  MCP: (world) => async (name, input) => {
    const { text, isError } = await world.overMcp(name, input);
    return { text, ...(isError ? { code: text.slice(0, text.indexOf(':')) } : {}) };
  },
};

const injected = '\r\nBcc: attacker@evil.example';
const injections: readonly (readonly [field: string, input: Json])[] = [
  ['to', { to: `ann@example.org${injected}` }],
  ['to[1]', { to: ['ann@example.org', `Cid${injected} <cid@example.org>`] }],
  ['cc', { cc: `"Ann${injected}" <ann@example.org>` }],
  ['bcc', { bcc: `ann@example.org\n${injected}` }],
  ['subject', { subject: `Hi${injected}` }],
  ['subject', { subject: 'Hi\nX-Evil: 1' }],
  ['subject', { subject: 'Hi\u2028Bcc: attacker@evil.example' }],
  ['from', { from: `${owner}${injected}` }],
  ['attachments[0].filename', { attachments: [{ filename: `a.txt${injected}`, contentBase64: 'eA==' }] }],
  [
    'attachments[0].mimeType',
    { attachments: [{ filename: 'a', mimeType: `text/plain${injected}`, contentBase64: '' }] },
  ],
];

for (const [backend, open] of Object.entries(worlds)) {
  for (const [door, callThrough] of Object.entries(doorsOf)) {
    describe(`mail written over ${door} on ${backend}`, () => {
      const cleanups: (() => unknown)[] = [];
      let world: World;
      let call: (name: string, input: Json) => Promise<Answer>;
      before(async () => {
        world = await open({ after: (cleanup: unknown) => void cleanups.push(cleanup as () => unknown) });
        call = callThrough(world);
        await world.mailbox.createSendAs(alias, {});
      });
      after(async () => {
        for (const cleanup of cleanups.toReversed()) await cleanup();
      });

      let received = 0;
      async function receive(parts: MailParts): Promise<{ id: string; threadId: string }> {
        received += 1;
        const raw = buildMail({
          from: 'Ann <ann@example.org>',
          messageId: `${door}-${received}@ann.example`,
          ...parts,
        });
        return world.mailbox.importMessage({ raw, labelIds: ['INBOX'] });
      }

      async function messagesIn(label: 'SENT' | 'DRAFT') {
        const query = { kind: 'label', label } as const;
        return (await world.mailbox.searchMessages({ query, maxResults: 100, includeSpamTrash: true })).messages;
      }

      async function sentMail(subject: string): Promise<{ raw: string; parsed: ParsedMail; threadId: string }> {
        const sent = (await messagesIn('SENT')).filter((message) => message.subject === subject);
        assert.equal(sent.length, 1, `${subject} was sent ${sent.length} times`);
        const { raw, summary } = await world.mailbox.getRawMessage(sent[0]?.id ?? '');
        return { raw: Buffer.from(raw).toString('latin1'), parsed: await parseMime(raw), threadId: summary.threadId };
      }

      async function send(input: Json): Promise<string> {
        const { code, text } = await call('send_message', input);
        assert.equal(code, undefined, text);
        return text;
      }

      for (const [field, input] of injections) {
        test(`a line break in ${field} is refused, and nothing is filed: ${JSON.stringify(input).slice(0, 60)}`, async () => {
          const counts = [(await messagesIn('SENT')).length, (await messagesIn('DRAFT')).length];
          for (const name of ['create_draft', 'send_message']) {
            const given = { to: 'ann@example.org', subject: 'x', body: 'x', ...input };
            const { code, text } = await call(name, given);
            assert.equal(code, 'INVALID_INPUT', text);
            assert.ok(text.includes(field), text);
          }
          assert.deepEqual([(await messagesIn('SENT')).length, (await messagesIn('DRAFT')).length], counts);
        });
      }

      test('Bcc is kept, with attachments too', async () => {
        const attachments = [{ filename: 'a.txt', mimeType: 'text/plain', contentBase64: 'eA==' }];
        await send({ to: 'ann@example.org', bcc: 'Eve <eve@example.org>', subject: 'Blind', body: 'x', attachments });
        const { parsed } = await sentMail('Blind');
        assert.deepEqual(parsed.bcc, [{ name: 'Eve', address: 'eve@example.org' }]);
        assert.equal(parsed.attachments[0]?.filename, 'a.txt');
      });

      test('names, scripts, long lines and = signs arrive as they were meant', async () => {
        const subject = 'Grüße aus Köln 🎉 und noch viel mehr Wörter, die übergehen';
        const link = 'https://example.org/?a=3D&b=20&c=%3D';
        const body = `${link}\n\n${'Wörter '.repeat(220).trim()}\n\nFrom here\n.`;
        await send({ to: 'Änn Lée <ann@example.org>', subject, body, format: 'text' });
        const { raw, parsed } = await sentMail(subject);
        assert.equal(parsed.text?.replaceAll('\r\n', '\n').trimEnd(), body);
        assert.deepEqual(parsed.to, [{ name: 'Änn Lée', address: 'ann@example.org' }]);
        const header = raw.slice(0, raw.indexOf('\r\n\r\n'));
        assert.match(header, /^[\t\r\n -~]*$/);
        for (const [word] of header.matchAll(/=\?[^?]+\?[BQ]\?[^?]*\?=/gi)) assert.ok(word.length <= 75, word);
        for (const line of raw.split('\r\n')) assert.ok(line.length <= 998);
      });

      test('an answer joins its thread', async () => {
        const { id, threadId } = await receive({ subject: 'Plan', to: owner, text: 'Shall we?' });
        await send({ replyTo: id, body: 'Yes.' });
        const sent = await sentMail('Re: Plan');
        assert.equal(sent.threadId, threadId);
        assert.deepEqual(sent.parsed.to, [{ name: 'Ann', address: 'ann@example.org' }]);
        assert.deepEqual(sent.parsed.references, [`${door}-${received}@ann.example`]);
        assert.match(sent.raw, new RegExp(`^In-Reply-To: <${door}-${received}@ann\\.example>`, 'm'));
        assert.match(sent.parsed.text ?? '', /^Yes\.\r?\n\r?\n.*Ann.*:\r?\n\r?\n> Shall we\?/);
      });

      test('an answer with another subject says that it begins a thread', async () => {
        const { id, threadId } = await receive({ subject: 'Old', to: owner, text: 'x' });
        const text = await send({ replyTo: id, subject: 'New', body: 'Yes.' });
        assert.notEqual((await sentMail('New')).threadId, threadId);
        assert.ok(text.includes(`It did not join the thread ${threadId}`), text);
      });

      test('an answer to all keeps To and Cc, without any address of the account', async () => {
        const cc = `Dan <dan@example.org>, ${alias}`;
        const { id } = await receive({ subject: 'All', to: `Me <${owner}>, cid@example.org`, cc, text: 'x' });
        await send({ replyTo: id, replyAll: true, body: 'Yes.' });
        const { parsed } = await sentMail('Re: All');
        assert.deepEqual(
          [parsed.to, parsed.cc].map((list) => list.map(({ address }) => address)),
          [['ann@example.org', 'cid@example.org'], ['dan@example.org']],
        );
      });

      test('an answer comes from the address that got the mail', async () => {
        const { id } = await receive({ subject: 'To the alias', to: alias, text: 'x' });
        await send({ replyTo: id, body: 'Yes.' });
        assert.equal((await sentMail('Re: To the alias')).parsed.from[0]?.address, alias);
      });

      test('a forward takes the attachments along', async () => {
        const raw = [
          'From: Ann <ann@example.org>',
          `To: ${owner}`,
          'Subject: Report',
          `Message-ID: <${door}-report@ann.example>`,
          'MIME-Version: 1.0',
          'Content-Type: multipart/mixed; boundary=b',
          '',
          '--b',
          'Content-Type: text/plain',
          '',
          'Here it is.',
          '--b',
          'Content-Type: application/pdf',
          'Content-Disposition: attachment; filename="report.pdf"',
          'Content-Transfer-Encoding: base64',
          '',
          'JVBERi0=',
          '--b--',
          '',
        ].join('\r\n');
        const { id } = await world.mailbox.importMessage({ raw: Buffer.from(raw), labelIds: ['INBOX'] });
        await send({ forward: id, to: 'cid@example.org', body: 'See below.' });
        const { parsed } = await sentMail('Fwd: Report');
        assert.deepEqual(
          parsed.attachments.map(({ filename, mimeType, content }) => [
            filename,
            mimeType,
            Buffer.from(content).toString(),
          ]),
          [['report.pdf', 'application/pdf', '%PDF-']],
        );
        assert.match(parsed.text ?? '', /^See below\.[^]*Here it is\./);
      });

      test('a key sends once however often it is used, and only one message', async () => {
        const mail = { to: 'ann@example.org', subject: 'Once', body: 'x', idempotencyKey: `once-${door}` };
        const [first, second] = [await send(mail), await send(mail)];
        assert.equal(withoutCodes(second), withoutCodes(first));
        await sentMail('Once');
        const other = await call('send_message', { ...mail, body: 'y' });
        assert.equal(other.code, 'CONFLICT', other.text);
        await sentMail('Once');
      });

      test('a draft keeps its id, its attachments and its thread when it is changed, and is sent with them', async () => {
        const { id: replyTo, threadId } = await receive({ subject: 'Slides', to: owner, text: 'Where are they?' });
        const attachments = [{ filename: 'slides.txt', mimeType: 'text/plain', contentBase64: 'eA==' }];
        const made = await call('create_draft', { replyTo, body: 'Here.', attachments });
        assert.equal(made.code, undefined, made.text);
        const [draft] = (await world.mailbox.listDrafts({ maxResults: 1 })).drafts;
        assert.ok(draft && made.text.includes(draft.id), made.text);
        assert.equal(draft.message.threadId, threadId);
        await call('update_draft', { id: draft.id, cc: 'cid@example.org' });
        const changed = await world.mailbox.getDraft(draft.id);
        assert.notEqual(changed.message.summary.id, draft.message.id);
        assert.match((await parseMime(changed.message.raw)).text ?? '', /^Here\.[^]*> Where are they\?/);
        const sent = await call('send_draft', { id: draft.id });
        assert.equal(sent.code, undefined, sent.text);
        const { parsed, threadId: sentThreadId } = await sentMail('Re: Slides');
        assert.deepEqual(
          [sentThreadId, parsed.to[0]?.address, parsed.cc[0]?.address, parsed.attachments[0]?.filename],
          [threadId, 'ann@example.org', 'cid@example.org', 'slides.txt'],
        );
        assert.match(parsed.text ?? '', /^Here\.[^]*> Where are they\?/);
        assert.deepEqual((await world.mailbox.listDrafts({ maxResults: 1 })).drafts, []);
      });

      test('a draft that was sent is sent no more: its key tells of it, another call is a conflict', async () => {
        await call('create_draft', { to: 'ann@example.org', subject: 'Sent once', body: 'x' });
        const [draft] = (await world.mailbox.listDrafts({ maxResults: 1 })).drafts;
        const input = { id: draft?.id, idempotencyKey: `draft-${door}` };
        const [first, again] = [await call('send_draft', input), await call('send_draft', input)];
        assert.equal(withoutCodes(again.text), withoutCodes(first.text));
        await sentMail('Sent once');
        assert.equal((await call('send_draft', { id: draft?.id })).code, 'CONFLICT');
        assert.equal((await call('send_draft', { id: 'r12345' })).code, 'NOT_FOUND');
        await sentMail('Sent once');
      });
    });
  }
  test(`a key that was used over one door is known over the other, on ${backend}`, async (t) => {
    const world = await open(t);
    const mail = { to: 'ann@example.org', subject: 'Both', body: 'x', idempotencyKey: 'both' };
    const [rest, mcp] = await Promise.all([world.overRest('send_message', mail), world.overMcp('send_message', mail)]);
    assert.equal(rest.status, 200, JSON.stringify(rest.json));
    assert.ok(mcp.text.startsWith(`Sent: message ${String(rest.json.id)}, thread `), mcp.text);
    const query = { kind: 'label', label: 'SENT' } as const;
    const { messages } = await world.mailbox.searchMessages({ query, maxResults: 10, includeSpamTrash: true });
    assert.deepEqual(
      messages.map(({ id }) => id),
      [rest.json.id],
    );
  });
}
