import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { localMailboxFolder } from '../../src/store/sqlite/mail/local-mailboxes.ts';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import type { MessageToSend } from '../../src/store/outbox/message-to-send.ts';
import { account, countSent, messageOf, openTestOutbox, senderOf } from '../safety/outbox-parts.ts';
import { childEnvironment } from '../support/child-environment.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { runCommand } from './command-harness.ts';

/** A home with a mailbox and a parked message. */
async function startHome(t: TestContext, message: MessageToSend = messageOf('Lunch')) {
  const home = temporaryFolder(t);
  const environment = { GMAIL_HOME: home };
  writeFileSync(join(home, 'policy.json'), '{"sending": "confirm"}');
  const mailbox = openLocalMailbox({
    store: openMailStore(localMailboxFolder(join(home, 'data'), account)),
    emailAddress: account,
  });
  t.after(() => mailbox.close());
  const { outbox, audit, store } = openTestOutbox(t, home);
  const sender = senderOf(mailbox, { transport: 'mcp', tokenName: 'agent' });
  const { outboxId } = await outbox.send(sender, message, { idempotencyKey: 'k' });
  const command = (...words: string[]) => runCommand(['outbox', ...words], environment);
  return { home, mailbox, outbox, audit, store, sender, id: outboxId, command };
}

test('says that nothing waits in a home from which nothing was sent', async (t) => {
  const { code, stdout } = await runCommand(['outbox'], { GMAIL_HOME: temporaryFolder(t) });
  assert.equal(stdout, 'Nothing waits in the outbox.\n');
  assert.equal(code, 0);
});

test('lists what waits for a person, as lines and as JSON, and what is over only when asked', async (t) => {
  const { command, id, outbox, mailbox, sender } = await startHome(t);
  const { code, stdout } = await command();
  assert.equal(code, 0);
  assert.match(
    stdout,
    new RegExp(`^${id}  parked     \\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\dZ  ann@example\\.net: Lunch\\n$`),
  );
  const json: unknown = JSON.parse((await command('list', '--json')).stdout);
  assert.ok(Array.isArray(json));
  assert.equal(json.length, 1);
  assert.equal(json[0].id, id);
  assert.equal(json[0].state, 'parked');
  assert.equal(json[0].contentHash, messageOf('Lunch').contentHash);
  assert.deepEqual(json[0].to, ['ann@example.net']);
  await outbox.approve(id, messageOf('Lunch').contentHash, { ...sender, mailbox });
  assert.equal((await command('list')).stdout, 'Nothing waits in the outbox.\n');
  assert.match((await command('list', '--all')).stdout, new RegExp(`^${id}  sent `));
});

test('shows everything that would leave, and nothing that gives orders to a terminal', async (t) => {
  const message = messageOf('Lunch', {
    to: ['ann@example.net', 'bob@example.com'],
    bcc: ['eve@example.com'],
    text: 'See you\u001b[2J\r\nat noon\u202e.\n',
    attachments: [{ filename: 'menu.pdf', mimeType: 'application/pdf', sizeBytes: 12_345 }],
    warnings: ['bob@example.com was never written to.'],
  });
  const { command, id } = await startHome(t, message);
  const { code, stdout } = await command('show', id);
  assert.equal(code, 0);
  const [first, second, ...rest] = stdout.split('\n');
  assert.equal(first, `Message ${id}: parked`);
  assert.match(second ?? '', /^Asked: {3}\S+ by send_message over mcp, token agent, for me@example\.org$/);
  assert.deepEqual(rest, [
    'From:    me@example.org',
    'To:      ann@example.net, bob@example.com',
    'Bcc:     eve@example.com',
    'Subject: Lunch',
    'Attached: menu.pdf (application/pdf, 12.3 kB)',
    'Warning: bob@example.com was never written to.',
    '',
    '| See you[2J',
    '| at noon.',
    '',
    `Hash:    ${message.contentHash}`,
    '',
  ]);
});

const hasTerminal = spawnSync('script', ['--version']).status === 0;

const skip = hasTerminal ? false : 'needs script: apt-get install bsdutils';

/** Runs `outbox` at a terminal, types when it asks, and returns its exit code and what was shown there. */
async function atTerminal(t: TestContext, home: string, words: readonly string[], typed = '') {
  const program = join(import.meta.dirname, '../../src/bin/gmail-llm.ts');
  const line = [process.execPath, program, 'outbox', ...words].map((word) => `'${word}'`).join(' ');
  const terminal = spawn('script', ['-qec', line, '/dev/null'], {
    env: { ...childEnvironment, GMAIL_HOME: home },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.after(() => terminal.kill('SIGKILL'));
  let text = '';
  terminal.stdout.setEncoding('utf8').on('data', (piece: string) => {
    const hadAsked = text.includes('Type yes: ');
    text += piece;
    if (!hadAsked && text.includes('Type yes: ')) terminal.stdin.write(`${typed}\n`);
  });
  const [code] = await once(terminal, 'close');
  return { code: Number(code), text: text.replaceAll('\r\n', '\n') };
}

test(
  'sends at a terminal what is approved by its hash, once, and writes down that a person did it',
  { skip },
  async (t) => {
    const { home, id, mailbox, outbox, sender, audit } = await startHome(t);
    const { contentHash } = messageOf('Lunch');
    const wrong = await atTerminal(t, home, ['approve', id, '--hash', 'beef']);
    assert.equal(wrong.code, 5);
    assert.match(wrong.text, /^gmail-llm: CONFLICT: The message is not the one that was shown; nothing was sent\.$/m);
    assert.deepEqual(await countSent(mailbox), new Map());
    const { code, text } = await atTerminal(t, home, ['approve', id, '--hash', contentHash]);
    assert.equal(code, 0, text);
    assert.match(text, /^Sent: message [\da-f]+\.\n$/);
    assert.equal((await atTerminal(t, home, ['approve', id, '--hash', contentHash])).code, 5);
    assert.deepEqual(await countSent(mailbox), new Map([['Lunch', 1]]));
    // The agent that asked for it is told.
    const again = await outbox.send(sender, messageOf('Lunch'), { idempotencyKey: 'k' });
    assert.equal(again.state, 'sent');
    const [end, begin] = await audit.list({ limit: 2 });
    assert.equal(begin?.operation, 'approve_send');
    assert.equal(begin?.transport, 'cli');
    assert.equal(end?.event, 'done');
  },
);

test('shows the message at a terminal and sends it only on a yes', { skip }, async (t) => {
  const { home, id, mailbox, store } = await startHome(t);
  const declined = await atTerminal(t, home, ['approve', id], 'no');
  assert.match(declined.text, /Nothing was sent; it still waits\./);
  assert.equal((await store.get(id))?.state, 'parked');
  assert.deepEqual(await countSent(mailbox), new Map());
  const approved = await atTerminal(t, home, ['approve', id], 'yes');
  assert.match(approved.text, /Subject: Lunch[^]*\| About Lunch\.[^]*Hash: [^]*Type yes: [^]*Sent: message/);
  assert.deepEqual(await countSent(mailbox), new Map([['Lunch', 1]]));
});

test('approves nothing without a terminal, whichever way it is asked', async (t) => {
  const { command, home, id, mailbox } = await startHome(t);
  const { contentHash } = messageOf('Lunch');
  const ways = [
    await command('approve', id),
    await command('approve', id, '--hash', contentHash),
    await runCommand(['call', 'approve_send', '--id', id, '--contentHash', contentHash], { GMAIL_HOME: home }),
  ];
  for (const { code, stderr } of ways) {
    assert.equal(code, 77);
    assert.match(stderr, /^gmail-llm: FORBIDDEN: .*(?:terminal)/);
  }
  assert.deepEqual(await countSent(mailbox), new Map());
});

test('rejects a message for good, and whoever asked for it is told why', async (t) => {
  const { command, id, store, outbox, sender } = await startHome(t);
  const { code, stdout } = await command('reject', id, '--reason', 'not before Monday');
  assert.equal(code, 0);
  assert.equal(stdout, 'Rejected; it will not be sent.\n');
  assert.equal((await store.get(id))?.state, 'rejected');
  const again = await command('reject', id);
  assert.equal(again.code, 5);
  assert.match(again.stderr, /does not wait for approval: it is rejected/);
  await assert.rejects(outbox.send(sender, messageOf('Lunch'), { idempotencyKey: 'k' }), {
    code: 'FORBIDDEN',
    message: 'A person looked at this message and rejected it: not before Monday.',
  });
});

test('refuses words that it does not know', async (t) => {
  const { command, id } = await startHome(t);
  for (const words of [
    ['approve'],
    ['send', id],
    ['show', id, 'more'],
    ['list', '--hash', 'x'],
    ['show', id, '--all'],
    ['approve', id, '--json'],
    ['--nothing'],
  ]) {
    assert.equal((await command(...words)).code, 2, words.join(' '));
  }
  assert.equal((await command('show', 'nothing')).code, 4);
});
