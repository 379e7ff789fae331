import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { runCommand, startProcess } from './command-harness.ts';

/** Addresses whose password nobody may see, with slips in them. */
const addresses = [
  'postgres://me:hunter2@127.0.0.1:1/mail',
  'postgresql://me:1/hunter2@127.0.0.1:1/mail',
  'postgres://me:a@hunter2@127.0.0.1:1/mail?sslmode=maybe',
  'mysql://me:hunter2@127.0.0.1:1/mail',
  'http://me:hunter2@proxy:8080',
];

/** Commands into which an address is put where it does not belong, for each `X`. */
const commands = [
  'X',
  'migrate X',
  'migrate --to X --json X',
  'migrate --to=X',
  'config X',
  'config get X',
  'config set X',
  'config set GMAIL_STOR X',
  'config set GMAIL_STORE=X',
  'config set GMAIL_STORE X more',
  'config unset X',
  'up X',
  'check X',
  'doctor X',
  'accounts X',
  'jobs X',
  'sync X',
  'policy X',
  'webhook X',
];

for (const command of commands) {
  test(`gmail-llm ${command}: what is said shows no password`, async (t) => {
    const environment = { GMAIL_HOME: temporaryFolder(t) };
    for (const address of addresses) {
      const words = command.split(' ').map((word) => word.replace('X', address));
      const { code, stdout, stderr } = await runCommand(words, environment);
      assert.notEqual(code, 0, words.join(' '));
      assert.notEqual(stderr, '');
      assert.ok(!`${stdout}${stderr}`.includes('hunter2'), `${stdout}${stderr}`);
    }
  });
}

test('what is said still names hosts, paths and addresses of mail', async (t) => {
  const environment = { GMAIL_HOME: temporaryFolder(t) };
  const said = async (...words: string[]) => (await runCommand(words, environment)).stderr;
  assert.match(await said('check', 'postgres://me:hunter2@db:5432/mail'), /postgres:\/\/…@db:5432\/mail/);
  assert.match(await said('check', 'http://127.0.0.1:8000/a?to=ann@example.org'), /8000\/a\?to=ann@example\.org/);
  assert.match(await said('accounts', 'rename', 'ann@example.org', 'x'), /ann@example\.org/);
  assert.match(await said('config', 'set', 'GMAIL_STORE', 'x'), /expected: postgres:\/\/USER:PASSWORD@HOST/);
});

test('a value that others must not see in a list of processes is read from standard input', async (t) => {
  const home = temporaryFolder(t);
  const words = ['config', 'set', 'GMAIL_STORE', '-'];
  const command = startProcess(t, words, { GMAIL_HOME: home });
  command.type('postgres://me:hunter2@db/mail\n');
  command.type('');
  const { code, stdout, stderr } = await command.finished;
  assert.equal(code, 0, stderr);
  assert.ok(!`${stdout}${stderr}`.includes('hunter2'));
  assert.equal(readFileSync(join(home, 'settings'), 'utf8'), 'GMAIL_STORE=postgres://me:hunter2@db/mail\n');

  const migrate = startProcess(t, ['migrate', '--to', '-'], { GMAIL_HOME: temporaryFolder(t) });
  migrate.type('postgres://me:hunter2@127.0.0.1:1/mail');
  migrate.type('');
  assert.match((await migrate.finished).stderr, /The database 127\.0\.0\.1:1\/mail cannot be reached/);
});
