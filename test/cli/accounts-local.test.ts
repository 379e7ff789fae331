import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { openSqliteWebhookStore } from '../../src/store/sqlite/webhooks/open-webhook-store.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import { mbox, message, writeFiles } from '../local/import/archives.ts';
import { newEnvironment } from '../support/installation.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { logIn, runCommand, startGoogle } from './command-harness.ts';

/** A home with a local mailbox of two messages, imported without naming an account. */
async function homeWithMail(t: TestContext) {
  const environment = await newEnvironment(t);
  const folder = writeFiles(temporaryFolder(t), { 'old.mbox': mbox([message('one'), message('two')]) });
  const run = (...words: readonly string[]) => runCommand(words, environment);
  assert.equal((await run('import', join(folder, 'old.mbox'))).code, 0);
  const home = environment.GMAIL_HOME ?? '';
  const search = async (...words: readonly string[]) => {
    const { code, stdout, stderr } = await run('call', 'search_messages', ...words);
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout).messages.length;
  };
  return { environment, home, run, search };
}

test('an account of this machine can be named in calls, tokens, settings and the policy', async (t) => {
  const { run, search, home } = await homeWithMail(t);
  assert.equal(await search('--account', 'Me@localhost'), 2);
  assert.equal((await run('config', 'set', 'GMAIL_ACCOUNT', 'me@localhost')).code, 0);
  assert.equal((await run('token', 'create', 'agent', '--grants', 'read', '--accounts', 'me@localhost')).code, 0);
  writeFileSync(join(home, 'policy.json'), JSON.stringify({ accounts: { 'me@localhost': { sending: 'off' } } }));
  assert.equal((await run('policy', 'check')).code, 0);
  assert.equal((await run('policy', 'explain', 'ann@localhost', '--account', 'me@localhost')).code, 0);
});

test('a renamed account keeps its mail, its rules, its tokens and its webhooks', async (t) => {
  const { run, search, home } = await homeWithMail(t);
  await run('config', 'set', 'GMAIL_ACCOUNT', 'me@localhost');
  await run('token', 'create', 'agent', '--grants', 'read', '--accounts', 'me@localhost,bob@example.org');
  await run('token', 'create', 'other', '--grants', 'read');
  const policyFile = join(home, 'policy.json');
  const rules = { sending: 'off' };
  writeFileSync(policyFile, JSON.stringify({ sending: 'confirm', accounts: { 'Me@localhost': rules } }));
  const webhooks = openSqliteWebhookStore(join(home, 'data/webhooks.db'));
  const hook = { id: 'wh_1', url: 'https://example.org', secrets: [], createdMs: 1, isOn: true, cursor: 7 };
  await webhooks.add({ ...hook, kinds: ['messageAdded'], accounts: ['me@localhost'], includes: 'message' });
  webhooks.close();

  const { code, stdout, stderr } = await run('accounts', 'rename', 'me@localhost', 'Ann@Example.org');
  assert.equal(code, 0, stderr);
  assert.equal(
    stdout,
    `me@localhost is ann@example.org now.
policy.json has its rules under ann@example.org.
GMAIL_ACCOUNT is ann@example.org in the settings.
Tokens that are good for it: agent.
Webhooks that are told of it: wh_1.
`,
  );
  assert.equal(await search('--account', 'ann@example.org'), 2);
  assert.equal(await search(), 2);
  assert.deepEqual(JSON.parse(readFileSync(policyFile, 'utf8')), {
    sending: 'confirm',
    accounts: { 'ann@example.org': rules },
  });
  const tokens = JSON.parse(readFileSync(join(home, 'data/tokens.json'), 'utf8')) as { accounts?: string[] }[];
  assert.deepEqual(
    tokens.map(({ accounts }) => accounts),
    [['ann@example.org', 'bob@example.org'], undefined],
  );
  const after = openSqliteWebhookStore(join(home, 'data/webhooks.db'));
  const [told] = await after.list();
  after.close();
  assert.deepEqual(
    { kinds: told?.kinds, accounts: told?.accounts, includes: told?.includes, cursor: told?.cursor },
    { kinds: ['messageAdded'], accounts: ['ann@example.org'], includes: 'message', cursor: 7 },
  );
  assert.match((await run('audit')).stdout, /rename_account/);
  assert.equal((await run('check', '--quick')).code, 0);
});

test('a mailbox that a program has open is neither renamed nor deleted', async (t) => {
  const { run, home } = await homeWithMail(t);
  const store = openMailStore(join(home, 'data/local/me@localhost'));
  t.after(() => store.close());
  for (const words of [
    ['rename', 'me@localhost', 'ann@example.org'],
    ['remove', 'me@localhost', '--yes'],
  ]) {
    const { code, stderr } = await run('accounts', ...words);
    assert.equal(code, 5);
    assert.match(stderr, /CONFLICT: Programs of .* are running\.\n[^]*hint: Stop them first: gmail-llm ctl shutdown\./);
  }
  assert.ok(existsSync(join(home, 'data/local/me@localhost/mailbox.db')));
});

test('an account whose messages wait to be sent stays until they are decided', async (t) => {
  const { run, home } = await homeWithMail(t);
  writeFileSync(join(home, 'policy.json'), JSON.stringify({ sending: 'confirm' }));
  const sent = await run('call', 'send_message', '--to', 'ann@example.org', '--subject', 'Hi', '--body', 'x');
  assert.equal(sent.code, 0, sent.stderr);
  const { code, stderr } = await run('accounts', 'rename', 'me@localhost', 'ann@example.org');
  assert.equal(code, 5);
  assert.match(stderr, /CONFLICT: Messages of me@localhost are not sent yet: 1\.\nhint: See `gmail-llm outbox`/);
  const { id } = JSON.parse((await run('outbox', '--json')).stdout)[0];
  assert.equal((await run('outbox', 'reject', id)).code, 0);
  assert.equal((await run('accounts', 'remove', 'me@localhost', '--yes')).code, 0);
});

test('a deleted account is gone with its mail, and with what was left of another removal', async (t) => {
  const { run, home } = await homeWithMail(t);
  await run('config', 'set', 'GMAIL_ACCOUNT', 'me@localhost');
  mkdirSync(join(home, 'data/local/me@localhost%removed'));
  const { code, stdout } = await run('accounts', 'remove', 'me@localhost', '--yes');
  assert.equal(code, 0);
  assert.equal(
    stdout,
    `Deleted: the local mailbox me@localhost and its mail (messages: 2).
GMAIL_ACCOUNT named it, and is out of the settings.
`,
  );
  assert.deepEqual(readdirSync(join(home, 'data/local')), []);
  assert.equal(readFileSync(join(home, 'settings'), 'utf8'), '');
});

test('the login of an account with a local mailbox goes first; an account at Google is not renamed here', async (t) => {
  const { environment } = await startGoogle(t);
  await logIn(environment);
  const folder = writeFiles(temporaryFolder(t), { 'old.mbox': mbox([message('one')]) });
  const run = (...words: readonly string[]) => runCommand(words, environment);
  const refused = await run('accounts', 'rename', 'me@example.org', 'ann@example.org');
  assert.equal(refused.code, 2);
  assert.match(
    refused.stderr,
    /me@example\.org is an account at Google[^]*hint: .*gmail-llm login --account ann@example\.org/,
  );
  await run('import', '--account', 'me@example.org', join(folder, 'old.mbox'));
  assert.match(
    (await run('accounts', 'remove', 'me@example.org')).stdout,
    /^Forgotten: me@example\.org\.[^]*Its local mailbox stays; the same command again deletes it\.\n$/,
  );
  assert.match((await run('accounts', 'remove', 'me@example.org', '--yes')).stdout, /^Deleted: the local mailbox me@/);
});
