import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { childEnvironment } from '../../support/child-environment.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { done, runCommand } from '../command-harness.ts';
import { contents, filledHome, owner } from './filled-home.ts';

const bin = join(import.meta.dirname, '../../../bin/gmail-llm.js');

/** Kills its process with -9 at a step that changes files or a database, counted from the first. */
const killer = `
const fs = process.getBuiltinModule('node:fs');
const { DatabaseSync, StatementSync } = process.getBuiltinModule('node:sqlite');
let left = Number(process.env.KILLED_AT);
const counted = (owner, name, isCounted) => {
  const plain = owner[name];
  owner[name] = function (...given) {
    if (isCounted(given) && --left === 0) process.kill(process.pid, 'SIGKILL');
    return plain.apply(this, given);
  };
};
const isOurs = ([path]) => String(path).includes(process.env.KILLED_IN);
for (const name of ['renameSync', 'mkdirSync', 'rmSync', 'openSync', 'createWriteStream']) counted(fs, name, isOurs);
counted(DatabaseSync.prototype, 'exec', () => true);
counted(StatementSync.prototype, 'run', () => true);
`;

/** Runs a command that kills itself at its step `at`; false where it came to its end before. */
function isKilled(words: readonly string[], environment: Readonly<Record<string, string>>, within: string, at: number) {
  const preload = `--import=data:text/javascript,${encodeURIComponent(killer)}`;
  const { signal, status, stderr } = spawnSync(process.execPath, [preload, bin, ...words], {
    env: { ...childEnvironment, ...environment, KILLED_AT: `${at}`, KILLED_IN: within },
    encoding: 'utf8',
  });
  if (signal === 'SIGKILL') return true;
  assert.equal(status, 0, stderr);
  return false;
}

/** Early, in the middle and late; a command that has fewer steps ends the test of it. */
const steps = [1, 2, 4, 8, 16, 32, 64];

test('a backup that is killed at any step leaves no file of its name that is not whole, and the home as it was', async (t) => {
  const environment = await filledHome(t);
  const before = await contents(environment);
  let killed = 0;
  for (const at of steps) {
    const folder = temporaryFolder(t);
    const file = join(folder, 'home.tar.zst');
    const wasKilled = isKilled(['backup', file], environment, folder, at);
    if (existsSync(file)) {
      const other = { GMAIL_HOME: join(folder, 'other'), GMAIL_ACCOUNT: owner };
      await done(['restore', file], other);
      assert.deepEqual(await contents(other), before, `step ${at}`);
    }
    if (!wasKilled) break;
    killed += 1;
  }
  assert.ok(killed >= 3, `killed ${killed} times`);
  assert.match(await done(['check'], environment), /Everything is whole/);
  assert.deepEqual(await contents(environment), before);
});

test('a restore that is killed at any step lets nothing start on half of a home, and is whole when it is run again', async (t) => {
  const environment = await filledHome(t);
  const before = await contents(environment);
  const file = join(temporaryFolder(t), 'home.tar.zst');
  await done(['backup', file], environment);
  let killed = 0;
  for (const at of steps) {
    const other = { GMAIL_HOME: join(temporaryFolder(t), 'other'), GMAIL_ACCOUNT: owner };
    const wasKilled = isKilled(['restore', file], other, other.GMAIL_HOME, at);
    if (wasKilled) {
      killed += 1;
      const { code, stdout, stderr } = await runCommand(['call', 'search_messages'], other);
      // Everything, nothing, or a refusal; never a part.
      if (code !== 0) assert.match(stderr, /A restore of .* has not come to its end|There is no account/, `step ${at}`);
      else assert.equal((JSON.parse(stdout) as { total: { count: number } }).total.count, 5, `step ${at}`);
      await done(['restore', '--force', file], other);
    }
    assert.deepEqual(await contents(other), before, `step ${at}`);
    if (!wasKilled) break;
  }
  assert.ok(killed >= 3, `killed ${killed} times`);
});

test('a check that is killed at any step of its repairs loses nothing, and is done when it is run again', async (t) => {
  const environment = await filledHome(t);
  const before = await contents(environment);
  let killed = 0;
  for (const at of steps) {
    const mailbox = new DatabaseSync(join(environment.GMAIL_HOME, 'data/local', owner, 'mailbox.db'));
    mailbox.exec('UPDATE mailbox SET messages_total = 99; DELETE FROM full_text');
    mailbox.close();
    const wasKilled = isKilled(['check', '--repair'], environment, environment.GMAIL_HOME, at);
    if (wasKilled) killed += 1;
    await done(['check', '--repair'], environment);
    assert.match(await done(['check'], environment), /Everything is whole/, `step ${at}`);
    assert.deepEqual(await contents(environment), before, `step ${at}`);
    if (!wasKilled) break;
  }
  assert.ok(killed >= 3, `killed ${killed} times`);
});
