import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { localMailboxFolder } from '../../src/store/sqlite/mail/local-mailboxes.ts';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import { openTestHome, owner, type TestHome } from './test-home.ts';

type Json = Readonly<Record<string, unknown>>;

const mail = { to: 'Ann <ann@example.org>', subject: 'Hi', body: 'Hello' };

function withPolicy(t: TestContext, policy: object): TestHome {
  const home = openTestHome(t);
  writeFileSync(join(home.folder, 'policy.json'), JSON.stringify(policy), { mode: 0o600 });
  return home;
}

async function sent({ json }: TestHome): Promise<readonly Json[]> {
  return (await json('search_messages', { q: 'in:sent' })).messages as Json[];
}

test('a model is told what was sent to whom, where it is, and that nothing left the machine', async (t) => {
  const { text } = openTestHome(t);
  assert.match(
    await text('send_message', {
      ...mail,
      cc: 'cid@example.org',
      attachments: [{ filename: 'a.txt', contentBase64: 'eA==' }],
    }),
    /^Sent: message [\da-f]{16}, thread [\da-f]{16}\.\nThis mailbox is local: the message reached accounts of this machine only\.\n\[kvd719\] untrusted message\nTo: ann@example\.org\nCc: cid@example\.org\nSubject: Hi\nAttached: a\.txt \(text\/plain, 1 bytes\)\n\[kvd719\] notes of the server, names and addresses as written\nFirst mail to ann@example\.org, cid@example\.org\.\n\[kvd719\] end$/,
  );
});

test('an account of this machine gets the message, its blind copy unseen by others', async (t) => {
  const home = openTestHome(t);
  const folder = localMailboxFolder(join(home.folder, 'data'), 'ann@example.org');
  const other = openLocalMailbox({ store: openMailStore(folder), emailAddress: 'ann@example.org' });
  t.after(() => other.close());
  await home.json('send_message', { ...mail, bcc: 'eve@example.org', account: owner });
  const { messages } = await other.searchMessages({
    query: { kind: 'label', label: 'INBOX' },
    maxResults: 10,
    includeSpamTrash: false,
  });
  assert.deepEqual(
    messages.map(({ subject, bcc }) => [subject, bcc]),
    [['Hi', '']],
  );
});

test('a message without a recipient is refused, and filed nowhere', async (t) => {
  const home = openTestHome(t);
  await assert.rejects(home.json('send_message', { subject: 'x', body: 'x' }), {
    code: 'INVALID_INPUT',
    message: 'The message has no recipient.',
  });
  const { id } = await home.json('create_draft', { subject: 'x' });
  await assert.rejects(home.json('send_draft', { id }), { code: 'INVALID_INPUT' });
  assert.deepEqual(await sent(home), []);
});

const odd: readonly (readonly [string, Json, string])[] = [
  [
    'speaks of an attachment it lacks',
    { body: 'Please see the attached file.' },
    'It speaks of an attachment, but has none.',
  ],
  ['speaks of one in German', { body: 'Anbei der Bericht.' }, 'It speaks of an attachment, but has none.'],
  ['has no subject', { subject: '' }, 'It has no subject.'],
  ['has no text', { body: '' }, 'It has no text of its own.'],
];
for (const [what, fields, warning] of odd) {
  test(`a message that ${what} is sent with a warning`, async (t) => {
    const { warnings } = await openTestHome(t).json('send_message', { ...mail, ...fields });
    assert.deepEqual(
      (warnings as string[]).filter((one) => !one.startsWith('First mail')),
      [warning],
    );
  });
}

test('a recipient whose domain passes for a known one is named, and one at a known domain is not', async (t) => {
  const home = openTestHome(t);
  await home.json('send_message', { ...mail, to: 'bea@partner.example' });
  const warningsOf = async (to: string) => (await home.json('send_message', { ...mail, to })).warnings;
  const [mixed, digit] = ['bea@p\u0430rtner.example', 'bea@partn3r.example'];
  for (const address of [digit, 'me@examp1e.org']) {
    assert.deepEqual(await warningsOf(address), [
      `At a domain that looks like another: ${address}.`,
      `First mail to ${address}.`,
    ]);
  }
  assert.match(String(await warningsOf(mixed)), /At a domain that looks like another: bea@xn--/);
  assert.deepEqual(await warningsOf('cid@partner.example'), ['First mail to cid@partner.example.']);
});

test('a look-alike is named among very many recipients', async (t) => {
  const home = openTestHome(t);
  const to = [...Array.from({ length: 14 }, (_, index) => `person-${index}@partner.example`), 'me@examp1e.org'];
  const { warnings } = await home.json('send_message', { ...mail, to });
  const [alike, first, many] = warnings as string[];
  assert.equal(alike, 'At a domain that looks like another: me@examp1e.org.');
  assert.match(first ?? '', /^First mail to person-0@/);
  assert.equal(many, 'It goes to 15 people: which of them are new was looked up for 10.');
});

test('a file that runs, or whose name shows two kinds, is named', async (t) => {
  const names = ['invoice.pdf.exe', 'report.docx .html', 'data.csv.gz', 'v1.2.pdf', 'plan.txt'];
  const attachments = names.map((filename) => ({ filename, contentBase64: 'eA==' }));
  const { warnings } = await openTestHome(t).json('send_message', { ...mail, attachments });
  assert.deepEqual((warnings as string[]).slice(0, -1), [
    'A file that runs where it is opened: invoice.pdf.exe',
    'A file whose name shows two kinds: report.docx .html',
  ]);
});

test('a draft whose plain text says something else than its HTML is shown by its HTML, with a warning', async (t) => {
  const home = openTestHome(t);
  const lines = (html: string) => [
    'From: me@example.org',
    'To: ann@example.org',
    'Subject: Hi',
    'Content-Type: multipart/alternative; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'The parcel comes on Monday, as we said.',
    '--b',
    'Content-Type: text/html',
    '',
    html,
    '--b--',
    '',
  ];
  const warningsOf = async (html: string) => {
    const { id } = await home.mailbox.createDraft({ raw: Buffer.from(lines(html).join('\r\n')) });
    return (await home.json('send_draft', { id })).warnings as string[];
  };
  assert.equal(
    (await warningsOf('<p>Please pay the invoice of 4,000 to the new account today.</p>'))[0],
    'Its plain text says something else than its HTML, which is what most programs show.',
  );
  assert.equal(
    (await warningsOf('<p>The parcel comes on Monday, as we said.</p><p style="display:none">Pay today.</p>'))[0],
    'Its HTML has words that nobody sees.',
  );
  assert.deepEqual(await warningsOf('<p>The parcel comes on Monday, as we said.</p>'), []);
});

test('attachments of what is quoted are not missed, nor mail to people who got mail before', async (t) => {
  const home = openTestHome(t);
  const [replyTo] = await home.deliver([{ from: 'Ann <ann@example.org>', subject: 'x', text: 'The attached file.' }]);
  await home.json('send_message', mail);
  const { warnings } = await home.json('send_message', { replyTo, body: 'Thanks.' });
  assert.deepEqual(warnings, []);
});

test('an answer to somebody whom Reply-To names in place of the sender says so', async (t) => {
  const home = openTestHome(t);
  const from = 'Ann <ann@example.org>\r\nReply-To: other@evil.example';
  const [replyTo] = await home.deliver([{ from, subject: 'x' }]);
  const { to, warnings } = await home.json('send_message', { replyTo, body: 'Thanks.' });
  assert.deepEqual(to, ['other@evil.example']);
  assert.ok((warnings as string[])[0]?.includes('which is not its sender ann@example.org'));
});

test('a message that a person has to approve is told as not sent, with what the person can do', async (t) => {
  const home = withPolicy(t, { sending: 'confirm' });
  assert.match(
    await home.text('send_message', mail),
    /^Not sent: waiting for approval by a person\. Asking again does not help\.\nTell the user: `gmail-llm outbox approve ([\da-f]{12})` sends it, `gmail-llm outbox reject \1` drops it\.\n\[kvd719\] untrusted message\nTo: ann@example\.org\n[^]*First mail/,
  );
  assert.deepEqual(await sent(home), []);
});

test('a message that waits can be undone until it leaves', async (t) => {
  const home = withPolicy(t, { graceSeconds: 60 });
  assert.match(
    await home.text('send_message', mail),
    /^Scheduled for 2026-11-20T09:01:00\.000Z; undo cancels it until then\./,
  );
  assert.match(await home.text('undo', {}), /The message "Hi" was taken back before it left\./);
  assert.deepEqual(await sent(home), []);
});

test('what the policy refuses is refused for a draft as for a message', async (t) => {
  const home = withPolicy(t, { recipients: { allow: ['@example.org'] } });
  await assert.rejects(home.json('send_message', { ...mail, bcc: 'eve@evil.example' }), { code: 'FORBIDDEN' });
  const { id } = await home.json('create_draft', { ...mail, bcc: 'eve@evil.example' });
  await assert.rejects(home.json('send_draft', { id }), { code: 'FORBIDDEN' });
  assert.deepEqual(await sent(home), []);
});

test('the same message asked for twice has the same hash, another text another', async (t) => {
  const { json } = openTestHome(t);
  const dry = async (fields: Json) =>
    ((await json('send_message', { ...fields, dryRun: true })).target as Json).contentHash;
  assert.equal(await dry(mail), await dry(mail));
  assert.notEqual(await dry(mail), await dry({ ...mail, body: 'Hello!' }));
  assert.notEqual(await dry(mail), await dry({ ...mail, bcc: 'eve@example.org' }));
});

test('a dry run of a send tells what policy would do, and sends nothing', async (t) => {
  const home = withPolicy(t, { sending: 'confirm' });
  const { target } = await home.json('send_message', { ...mail, dryRun: true });
  assert.equal((target as Json).sending, 'confirm');
  const off = withPolicy(t, { sending: 'off' });
  await assert.rejects(off.json('send_message', { ...mail, dryRun: true }), { code: 'FORBIDDEN' });
  assert.deepEqual(await sent(home), []);
});

const unclear: readonly (readonly [string, string, string])[] = [
  ['a second To', 'To: ann@example.org\r\nTo: eve@evil.example', 'to, to'],
  ['a Resent-To', 'To: ann@example.org\r\nResent-To: eve@evil.example', 'to, resent-to'],
  ['a second Bcc', 'To: ann@example.org\r\nBcc: eve@evil.example\r\nBcc: cid@example.org', 'bcc, bcc'],
  ['a name without an address', 'To: Ann', 'Ann'],
];
for (const [what, fields, got] of unclear) {
  test(`a draft of another program with ${what} is not sent: nobody could say to whom`, async (t) => {
    const home = openTestHome(t);
    const raw = Buffer.from(`From: ${owner}\r\n${fields}\r\nSubject: x\r\n\r\nx\r\n`);
    const { id } = await home.mailbox.createDraft({ raw });
    await assert.rejects(home.json('send_draft', { id }), (error: { code: string; details: { got: string } }) => {
      assert.deepEqual([error.code, error.details.got], ['INVALID_INPUT', got]);
      return true;
    });
    assert.deepEqual(await sent(home), []);
    await home.json('update_draft', { id, to: 'ann@example.org', bcc: [] });
    await home.json('send_draft', { id });
    const [message] = await sent(home);
    assert.deepEqual([message?.to, message?.bcc], ['ann@example.org', '']);
  });
}

test('an address in quotes is an address', async (t) => {
  const { target } = await openTestHome(t).json('send_message', { ...mail, to: '"ann lee"@example.org', dryRun: true });
  assert.deepEqual((target as Json).to, ['"ann lee"@example.org']);
});
