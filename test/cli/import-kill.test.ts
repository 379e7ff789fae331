import assert from 'node:assert/strict';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { test, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { childEnvironment } from '../support/child-environment.ts';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import { mbox, message, writeFiles } from '../local/import/archives.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const account = 'me@example.org';

/** Of 1 MB; and of 12 MB, which a thread of its own reads where there are several processors. */
const archives = [
  { size: 'small', count: 5000, body: 'Text.\n' },
  { size: 'large', count: 10_000, body: 'A line of the text.\n'.repeat(50) },
] as const;

interface Running {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  /** Everything on stdout and stderr once it has ended, with how it ended. */
  readonly ended: Promise<{ code: number | null; signal: string | null; stdout: string; stderr: string }>;
}

function startImport(t: TestContext, home: string, path: string, flags: readonly string[] = []): Running {
  const program = join(import.meta.dirname, 'import-program.ts');
  const child = spawn(process.execPath, [...flags, program, 'import', '--account', account, path], {
    env: { ...childEnvironment, GMAIL_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(() => child.kill('SIGKILL'));
  const ended = Promise.all([
    once(child, 'close'),
    child.stdout.setEncoding('utf8').toArray(),
    child.stderr.setEncoding('utf8').toArray(),
  ]).then(([[code, signal], stdout, stderr]) => ({ code, signal, stdout: stdout.join(''), stderr: stderr.join('') }));
  return { child, ended };
}

const mailboxFolder = (home: string): string => join(home, 'data', 'local', account);

/** Waits until the raw mail on the disk has grown past a size: some messages are stored, most are not. */
async function untilStored(home: string, bytes: number): Promise<void> {
  const files = ['raw.db', 'raw.db-wal'].map((name) => join(mailboxFolder(home), name));
  for (let waitedMs = 0; waitedMs < 30_000; waitedMs += 5) {
    const size = files.reduce((sum, file) => sum + (existsSync(file) ? statSync(file).size : 0), 0);
    if (size > bytes) return;
    await wait(5);
  }
  assert.fail('nothing was stored within 30 seconds');
}

function archive(
  t: TestContext,
  { count, body }: (typeof archives)[number],
): { readonly home: string; readonly path: string } {
  const folder = temporaryFolder(t);
  const messages = Array.from({ length: count }, (_, index) => message(`Number ${index}`, { body }));
  writeFiles(folder, { 'list.mbox': mbox(messages) });
  return { home: join(folder, 'home'), path: join(folder, 'list.mbox') };
}

async function storedMessages(home: string): Promise<number> {
  const mailbox = openLocalMailbox({ store: openMailStore(mailboxFolder(home)), emailAddress: account });
  try {
    return (await mailbox.getProfile()).messagesTotal;
  } finally {
    mailbox.close();
  }
}

for (const kind of archives) {
  const { size, count } = kind;
  test(`an import of a ${size} archive that is killed again and again loses nothing and stores nothing twice`, async (t) => {
    const { home, path } = archive(t, kind);
    for (const storedBytes of [20_000, 400_000, 800_000]) {
      const { child, ended } = startImport(t, home, path);
      await Promise.race([untilStored(home, storedBytes), ended]);
      child.kill('SIGKILL');
      await ended;
    }
    const stored = await storedMessages(home);
    assert.ok(stored > 0 && stored < count, `${stored} messages stored when killed`);

    const { code, stdout } = await startImport(t, home, path).ended;
    assert.equal(code, 0);
    assert.equal(await storedMessages(home), count);
    assert.match(
      stdout,
      /^(?:5,000|10,000) messages found in \d+:\d\d:\n {2}[ \d,]+ imported into me@example\.org\n {2}[ \d,]+ there already\n +0 unreadable\n/,
    );
  });

  test(`Ctrl-C in an import of a ${size} archive stores what was read, says how to go on, and ends with 130`, async (t) => {
    const { home, path } = archive(t, kind);
    const { child, ended } = startImport(t, home, path);
    await untilStored(home, 50_000);
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    assert.equal(code, 130);
    assert.match(stderr, /Interrupted\. Run the same command again to go on from here\.\n$/);
    const stored = await storedMessages(home);
    assert.ok(stored > 0 && stored < count, `${stored} messages stored when interrupted`);
    assert.match(stdout, new RegExp(`^ +${stored.toLocaleString('en-US')} imported into`, 'm'));

    const { code: second } = await startImport(t, home, path).ended;
    assert.equal(second, 0);
    assert.equal(await storedMessages(home), count);
  });
}

const skip = availableParallelism() === 1 ? 'with one processor nothing is read by another thread' : false;

test('a thread that runs out of memory is said, and what was stored stays', { skip }, async (t) => {
  const folder = temporaryFolder(t);
  // 30 MB of text with letters that take two bytes in memory: more than the heap has.
  const body = 'Words that take memory, ŵ, in every line.\n'.repeat(700);
  writeFiles(folder, {
    'a.mbox': mbox(Array.from({ length: 1000 }, (_, index) => message(`Small ${index}`))),
    'b.mbox': mbox(Array.from({ length: 1000 }, (_, index) => message(`Number ${index}`, { body }))),
  });
  const home = join(folder, 'home');
  const { code, stderr } = await startImport(t, home, folder, ['--max-old-space-size=48']).ended;
  assert.match(
    stderr,
    /^gmail-llm: UNAVAILABLE: The reading of the mail broke off: .*memory.*\nhint: What was stored stays: run/m,
  );
  assert.equal(code, 75);
  assert.equal((await startImport(t, home, folder).ended).code, 0);
  assert.equal(await storedMessages(home), 2000);
});
