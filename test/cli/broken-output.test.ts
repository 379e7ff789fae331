import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { childEnvironment } from '../support/child-environment.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const program = join(import.meta.dirname, '../../src/bin/gmail-llm.ts');
const long = [program, 'call', 'search_messages', '--maxResults', '500'];

function environment(t: Parameters<typeof temporaryFolder>[0]) {
  return { ...childEnvironment, GMAIL_HOME: join(temporaryFolder(t), 'home') };
}

for (const words of [long, [program, 'export', '--ndjson']])
  test(`a reader that goes ends ${words[1]} silently, as SIGPIPE would`, { timeout: 60_000 }, async (t) => {
    const child = spawn(process.execPath, words, { env: environment(t), stdio: ['ignore', 'pipe', 'pipe'] });
    t.after(() => child.kill('SIGKILL'));
    let stderr = '';
    child.stderr.on('data', (chunk) => (stderr += String(chunk)));
    child.stdout.destroy();
    const [code]: unknown[] = await once(child, 'close');
    assert.deepEqual([code, stderr], [141, '']);
  });

const skip = existsSync('/dev/full') ? false : 'needs /dev/full, which Linux has';
test('a full disk is one line and an exit code', { skip, timeout: 60_000 }, async (t) => {
  const full = openSync('/dev/full', 'w');
  t.after(() => closeSync(full));
  const child = spawn(process.execPath, long, { env: environment(t), stdio: ['ignore', full, 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  let stderr = '';
  child.stderr?.on('data', (chunk) => (stderr += String(chunk)));
  const [code] = await once(child, 'close');
  assert.equal(code, 74);
  assert.match(stderr, /^gmail-llm: The output cannot be written: ENOSPC: .*\.\n$/);
});

test('notes that nobody reads stop nothing', { timeout: 60_000 }, async (t) => {
  const command = `exec "${process.execPath}" "${program}" call get_profile 2>&-`;
  const stdout = await new Promise<string>((resolve, reject) => {
    execFile('/bin/sh', ['-c', command], { env: environment(t) }, (error, out) =>
      error === null ? resolve(out) : reject(error),
    );
  });
  assert.match(stdout, /"messagesTotal": \d+/);
});

test('what is no terminal gets no colours and no lines that are written over', { timeout: 60_000 }, async (t) => {
  const env = environment(t);
  for (const words of [['doctor'], ['--help'], ['accounts'], ['outbox'], ['config']]) {
    const { stdout, stderr } = await new Promise<{ stdout: string; stderr: string }>((resolve) => {
      execFile(process.execPath, [program, ...words], { env }, (_error, out, err) =>
        resolve({ stdout: out, stderr: err }),
      );
    });
    // oxlint-disable-next-line no-control-regex -- these are what must not be there
    assert.doesNotMatch(stdout + stderr, /[\x1b\r]/, words.join(' '));
  }
});
