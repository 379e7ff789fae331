import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { formatCount, formatDuration } from '../../src/cli/progress-bar.ts';
import { root } from '../processes.ts';
import { listed } from './calls.ts';
import { describeFigures, figuresOf, keptFigures, megabytesUnder } from './figures.ts';
import { runWatched } from './watched-run.ts';

const runFile = promisify(execFile);
const shownEveryMs = 5000;

/** An index of notmuch over the mail of a home. */
export interface Notmuch {
  /** The first hits and their number, as an answer of ours has both; returns the number. */
  readonly search: (query: string) => Promise<string>;
  /** The same two programs with nothing to find: what their start costs. */
  readonly startTwice: () => Promise<unknown>;
}

function createProgress(): (line: string) => number | undefined {
  const startedMs = performance.now();
  let shownMs = startedMs;
  return (line) => {
    const [, doneText, totalText] = /^(\d+)\/(\d+): /.exec(line) ?? [];
    if (doneText === undefined) return undefined;
    const [done, total, nowMs] = [Number(doneText), Number(totalText), performance.now()];
    if (nowMs - shownMs >= shownEveryMs) {
      shownMs = nowMs;
      const leftMs = ((nowMs - startedMs) / done) * (total - done);
      const counts = `${formatCount(done)} of ${formatCount(total)} messages`;
      process.stderr.write(`notmuch: ${counts}  ${formatDuration(leftMs)} left\n`);
    }
    return done;
  };
}

/**
 * Indexes the mail of a home, as `gmail-llm export --maildir` writes it, with notmuch; an index that is there is used
 * again. Undefined, with a line that says so, where notmuch is not installed.
 */
export async function indexWithNotmuch(
  context: Pick<TestContext, 'after'>,
  home: string,
  say: (line: string) => void,
): Promise<Notmuch | undefined> {
  if (spawnSync('notmuch', ['--version']).status !== 0) {
    say('not beside notmuch, which is not installed: apt-get install notmuch');
    return undefined;
  }
  const folder = join(home, 'bench', 'notmuch');
  const [mail, config] = [join(folder, 'mail'), join(folder, 'config')];
  const environment = { PATH: process.env.PATH, HOME: process.env.HOME, NOTMUCH_CONFIG: config };
  const figures = await keptFigures(join(folder, 'index.json'), async () => {
    if (!existsSync(config)) {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      const words = ['export', '--spam-trash', '--maildir', mail];
      await runWatched(
        context,
        [process.execPath, join(root, 'bin', 'gmail-llm.js'), ...words],
        { PATH: process.env.PATH, GMAIL_HOME: home },
        (line) => void process.stderr.write(`${line}\n`),
      );
      const lines = ['[database]', `path=${mail}`, '[user]', 'primary_email=me@example.org', '[new]', 'tags=unread'];
      writeFileSync(config, `${lines.join('\n')}\n`);
    }
    const isRest = existsSync(join(mail, '.notmuch'));
    const run = await runWatched(context, ['notmuch', 'new', '--verbose'], environment, createProgress());
    const stored = Number((await runFile('notmuch', ['count', '*'], { env: environment })).stdout);
    return figuresOf(run, { stored, found: stored, isRest });
  });
  say(describeFigures('index of notmuch', figures));
  say(`  disk: ${megabytesUnder(join(mail, '.notmuch')).toFixed(0)} MB beside the messages`);

  async function search(query: string): Promise<string> {
    await runFile('notmuch', ['search', `--limit=${listed}`, '--output=messages', query], { env: environment });
    return (await runFile('notmuch', ['count', query], { env: environment })).stdout.trim();
  }
  async function startTwice(): Promise<void> {
    for (const _ of ['search', 'count'])
      await runFile('notmuch', ['count', 'id:none@example.org'], { env: environment });
  }
  return { search, startTwice };
}
