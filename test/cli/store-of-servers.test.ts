import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { noteRunningEnvironment } from '../../src/core/running-environment.ts';
import { isSecretVariable } from '../../src/core/variables.ts';
import { run } from '../support/installation.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { runCommand } from './command-harness.ts';

const store = 'postgres://me:hunter2@127.0.0.1:1/mail';

/** A home whose servers were started with a database in their environment; this process stands for them. */
function servedHome(t: TestContext): { readonly home: string; readonly shell: Readonly<Record<string, string>> } {
  const home = temporaryFolder(t);
  mkdirSync(join(home, 'run'));
  t.after(noteRunningEnvironment(join(home, 'run'), { GMAIL_STORE: store, GMAIL_QUOTA: 'legacy' }, isSecretVariable));
  return { home, shell: { GMAIL_HOME: home } };
}

const refused =
  /GMAIL_STORE that is not known here[^]*expected: the database of the servers[^]*hint: .*config set GMAIL_STORE -/;

for (const command of ['accounts', 'token', 'token revoke x', 'policy', 'check', 'audit', 'jobs', 'call get_profile']) {
  test(`in a shell that does not know the database of the servers, ${command} is refused`, async (t) => {
    const { home, shell } = servedHome(t);
    const { code, stdout, stderr } = await runCommand(command.split(' '), shell);
    assert.equal(code, 2, stdout);
    assert.match(stderr, refused);
    assert.ok(!existsSync(join(home, 'data')));
  });
}

test('what changes files is refused there too, and a server that a client starts by itself', async (t) => {
  const { home, shell } = servedHome(t);
  const file = join(temporaryFolder(t), 'one.eml');
  writeFileSync(file, 'From: a@b.example\nSubject: hello\n\nhi\n');
  for (const words of [
    ['import', '--account', 'me@example.org', file],
    ['backup', join(home, 'b.bak')],
    ['migrate', '--to', store],
  ]) {
    assert.match((await runCommand(words, shell)).stderr, refused, words.join(' '));
  }
  const { code, stderr } = await run('gmail-mcp-server', ['--stdio'], shell);
  assert.equal(code, 2);
  assert.match(stderr, refused);
});

test('who knows the database works on it, from the environment or the settings; config and doctor say where it is', async (t) => {
  const { home, shell } = servedHome(t);
  const shown = await runCommand(['config', 'get', 'GMAIL_STORE', '--json'], shell);
  assert.match(shown.stdout, /"value":"\(set, not shown\)","origin":"servers"/);
  assert.match(
    (await runCommand(['doctor'], shell)).stdout,
    /environment +The running servers were started with a GMAIL_STORE/,
  );

  const away = /The database 127\.0\.0\.1:1\/mail cannot be reached/;
  assert.match((await runCommand(['accounts'], { ...shell, GMAIL_STORE: store })).stderr, away);
  writeFileSync(join(home, 'settings'), `GMAIL_STORE=${store}\n`, { mode: 0o600 });
  assert.match((await runCommand(['accounts'], shell)).stderr, away);
  writeFileSync(join(home, 'settings'), `GMAIL_STORE=${store}2\n`, { mode: 0o600 });
  assert.match((await runCommand(['accounts'], shell)).stderr, /got: another one/);
});
