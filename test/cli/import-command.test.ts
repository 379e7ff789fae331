import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Writable } from 'node:stream';
import { test, type TestContext } from 'node:test';
import { runImport } from '../../src/cli/import-command.ts';
import { createProgressBar, renderProgress } from '../../src/cli/progress-bar.ts';
import { locateHome } from '../../src/core/home.ts';
import { listLocalAccounts } from '../../src/store/sqlite/mail/local-mailboxes.ts';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import { mbox, message, writeFiles } from '../local/import/archives.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

class TextSink extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** Runs the command in a home of its own. */
function commandIn(folder: string) {
  const home = locateHome({ GMAIL_HOME: join(folder, 'home') });
  const run = async (words: readonly string[], environment: Readonly<Record<string, string>> = {}) => {
    const [stdout, stderr] = [new TextSink(), new TextSink()];
    const signal = new AbortController().signal;
    const exit = await runImport({
      arguments: words,
      environment,
      shell: environment,
      home,
      stdout,
      stderr,
      terminal: { stdout, stderr },
      signal,
      killSignal: new AbortController().signal,
    });
    return { exit, stdout: stdout.text.replaceAll(/\d+:\d\d/g, 'M:SS'), stderr: stderr.text };
  };
  const accounts = (): readonly string[] => listLocalAccounts(home.dataFolder);
  return { home, run, accounts };
}

function archiveIn(t: TestContext): string {
  return writeFiles(join(temporaryFolder(t), 'mail'), {
    'list.mbox': mbox([message('one'), message('two'), message('one')]),
    'x/empty.eml': '',
    'x/blank.eml': '',
    'x/page.html': '<p>',
    'x/notes.md': 'Hello.',
    'x/other.html': '<p>',
  });
}

test('the report accounts for every message and names every one that was not imported', async (t) => {
  const folder = archiveIn(t);
  const { run } = commandIn(dirname(folder));
  const { exit, stdout, stderr } = await run(['--account', 'Ann@Example.org', folder]);
  // Two files could not be read at all.
  assert.equal(exit, 65);
  assert.equal(
    stdout,
    `5 messages found in M:SS:
  2 imported into ann@example.org
  1 there already
  2 unreadable
Years: 2024 (2)
Labels: mail/list (2)
Not imported: the file is empty
  ${join(folder, 'x/blank.eml')}
  ${join(folder, 'x/empty.eml')}
3 files are no mail: 2 .html, 1 .md
Next: \`gmail-llm call search_messages\` searches it here, \`gmail-llm up\` serves it, \`gmail-llm connect\` sets up an agent.
`,
  );
  assert.equal(stderr, '');
});

test('mail goes to the account named, else to the default one, else to the only one, else to me@localhost', async (t) => {
  const folder = archiveIn(t);
  const path = join(folder, 'list.mbox');
  const { run, accounts, home } = commandIn(dirname(folder));
  // The demo mailbox is no account to import into.
  openLocalMailbox({
    store: openMailStore(join(home.dataFolder, 'local', 'demo@gmail-llm.example')),
    emailAddress: 'demo@gmail-llm.example',
  }).close();

  const first = await run([path]);
  assert.match(
    first.stdout,
    /2 imported into me@localhost\n[^]*No account was named, so the mail is in me@localhost; `gmail-llm accounts rename me@localhost ADDRESS` gives it yours\.\nNext: /,
  );
  assert.match((await run([path])).stdout, /0 imported into me@localhost/);
  assert.match((await run([path], { GMAIL_ACCOUNT: 'bob@example.org' })).stdout, /2 imported into bob@example\.org/);
  assert.match(
    (await run(['--account', 'carl@example.org', path], { GMAIL_ACCOUNT: 'bob@example.org' })).stdout,
    /2 imported into carl@example\.org/,
  );
  assert.deepEqual(accounts(), ['bob@example.org', 'carl@example.org', 'demo@gmail-llm.example', 'me@localhost']);
  await assert.rejects(run([path]), {
    code: 'INVALID_INPUT',
    message: 'There are several accounts; name the one that the mail goes to.',
    details: {
      field: '--account',
      expected: 'bob@example.org or carl@example.org or me@localhost',
      got: 'nothing',
      hint: 'Give --account ADDRESS, or set GMAIL_ACCOUNT.',
    },
  });
});

test('a dry run makes no mailbox, and its JSON report counts what an import would bring', async (t) => {
  const folder = archiveIn(t);
  const { run, home } = commandIn(dirname(folder));
  const dry = await run(['--dry-run', '--json', '--since', '2024-01-03', folder]);
  assert.equal(dry.exit, 65);
  const { elapsedMs, ...report } = JSON.parse(dry.stdout);
  assert.ok(elapsedMs >= 0);
  const source = (name: string): string => join(folder, name);
  assert.deepEqual(report, {
    account: 'me@localhost',
    isDryRun: true,
    found: 5,
    imported: 0,
    duplicates: 0,
    leftOut: 3,
    unreadable: [
      { source: source('x/blank.eml'), reason: 'the file is empty' },
      { source: source('x/empty.eml'), reason: 'the file is empty' },
    ],
    unreadableFiles: 2,
    headersOnly: [],
    skippedFiles: ['x/notes.md', 'x/other.html', 'x/page.html'].map((name) => ({
      source: source(name),
      reason: 'no mail header at its beginning',
    })),
    years: [],
    labels: [],
    isInterrupted: false,
  });
  const plain = await run(['--dry-run', '--until', '2024', source('list.mbox')]);
  assert.equal(plain.exit, 0);
  assert.match(plain.stdout, /^3 messages found in M:SS:\n {2}2 would be imported into me@localhost\n/);
  assert.match(plain.stdout, /Nothing was stored: the same command without --dry-run imports\.\n$/);
  assert.equal(existsSync(home.dataFolder), false);
});

test('a year, a month and a day are whole: since their beginning, until their end', async (t) => {
  const folder = archiveIn(t);
  const path = join(folder, 'list.mbox');
  const { run } = commandIn(dirname(folder));
  const count = async (...words: readonly string[]): Promise<number> =>
    JSON.parse((await run(['--dry-run', '--json', ...words, path])).stdout).imported;
  for (const period of ['2024', '2024-01', '2024-01-02']) {
    assert.equal(await count('--since', period, '--until', period), 2, period);
  }
  assert.equal(await count('--until', '2024-01-01'), 0);
  assert.equal(await count('--since', '2024-02'), 0);
  assert.equal(await count('--since', '2025'), 0);
});

test('what cannot be imported is refused, and no account is made for it', async (t) => {
  const folder = archiveIn(t);
  const { run, home } = commandIn(dirname(folder));
  const page = join(folder, 'x/page.html');
  const cases: readonly (readonly [words: readonly string[], message: string, got: string | undefined])[] = [
    [[], 'No path to import is named.', 'nothing'],
    [['--colour', 'red', page], "Unknown option '--colour'", undefined],
    [['--since', '2015-02-30', page], 'This is no date.', '2015-02-30'],
    [['--until', 'yesterday', page], 'This is no date.', 'yesterday'],
    [['--since', '2016', '--until', '2015-12-31', page], 'No message can be that new and that old.', '2015-12-31'],
    [['--account', 'nobody', join(folder, 'list.mbox')], 'This is no e-mail address.', 'nobody'],
    [
      ['--account', 'demo@gmail-llm.example', page],
      'Real mail cannot be mixed with the demo mailbox.',
      'demo@gmail-llm.example',
    ],
    [[join(folder, 'nowhere')], `There is no ${join(folder, 'nowhere')} to import.`, join(folder, 'nowhere')],
    [[page], `There is no mail in ${page}.`, 'a file that is no mail: no mail header at its beginning'],
  ];
  for (const [words, text, got] of cases) {
    await assert.rejects(run(words), (error: Error & { code?: string; details?: { got?: string } }) => {
      assert.equal(error.code, 'INVALID_INPUT');
      assert.ok(error.message.startsWith(text), error.message);
      assert.equal(error.details?.got, got);
      return true;
    });
  }
  assert.equal(existsSync(home.dataFolder), false);
});

test('the progress line fits its terminal and says what is left', () => {
  const progress = { doneBytes: 26_100_000, totalBytes: 60_200_000, found: 12_345 };
  const since = { ...progress, doneBytes: 0, found: 0 };
  const pace = { elapsedMs: 10_000, since };
  assert.equal(
    renderProgress(progress, pace, 79),
    '[#########............]  43%  26.1/60.2 MB  12,345 messages  1,235/s  0:13 left',
  );
  for (const columns of [20, 40, 60, 79, 120]) {
    assert.ok(renderProgress(progress, pace, columns).length <= columns, `${columns} columns`);
  }
  assert.equal(renderProgress(progress, pace, 0), '43%  26.1/60.2 MB  12,345 messages  1,235/s  0:13 left');
  assert.equal(renderProgress(progress, { elapsedMs: 500, since }, 0), '43%  26.1/60.2 MB  12,345 messages');
  // Four fifths were there from an earlier import.
  const resumed = { ...progress, doneBytes: 20_880_000, found: 9876 };
  assert.equal(
    renderProgress(progress, { elapsedMs: 10_000, since: resumed }, 0),
    '43%  26.1/60.2 MB  12,345 messages  247/s  1:05 left',
  );
  assert.equal(renderProgress({ doneBytes: 0, totalBytes: 0, found: 0 }, pace, 0), '100%  0.0/0.0 MB  0 messages');
});

const at = (seconds: number) => ({ doneBytes: seconds * 100_000, totalBytes: 2_000_000, found: seconds * 10 });

test('without a terminal there is a line every five seconds, with one a line that is wiped at the end', () => {
  let nowMs = 0;
  const plain = new TextSink();
  const lines = createProgressBar(plain, () => nowMs);
  for (nowMs = 0; nowMs <= 11_000; nowMs += 100) lines.update(at(nowMs / 1000));
  lines.clear();
  assert.deepEqual(plain.text.split('\n'), [
    '25%  0.5/2.0 MB  50 messages  10/s  0:15 left',
    '50%  1.0/2.0 MB  100 messages  10/s  0:10 left',
    '',
  ]);

  const terminal = Object.assign(new TextSink(), { isTTY: true, columns: 80 });
  nowMs = 0;
  const bar = createProgressBar(terminal, () => nowMs);
  bar.update(at(0));
  terminal.text = '';
  nowMs = 10_000;
  bar.update(at(10));
  bar.clear();
  assert.equal(
    terminal.text,
    '\r[###############..............]  50%  1.0/2.0 MB  100 messages  10/s  0:10 left\u001B[K\r\u001B[K',
  );
});
