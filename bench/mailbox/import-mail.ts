import { existsSync, globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { root } from '../processes.ts';
import { runWatched, type Mark, type WatchedRun } from './watched-run.ts';

export const account = 'me@example.org';

/** How fast a part of an import went. */
interface Pace {
  readonly perSecond: number;
  readonly processorMs: number;
}

/** What an import came to; milliseconds are of each message. */
export interface ImportFigures {
  readonly imported: number;
  readonly found: number;
  readonly seconds: number;
  readonly processorMs: number;
  readonly mainThreadMs: number;
  readonly peakMegabytes: number;
  /** Of its first fifth and its last, undefined where it was too short to see. */
  readonly first?: Pace;
  readonly last?: Pace;
}

interface Point {
  readonly found: number;
  readonly wallMs: number;
  readonly processorMs: number;
}

function pointsOf(marks: readonly Mark[]): readonly Point[] {
  const lines = marks.flatMap(({ line, wallMs, processorMs }) => {
    const found = /([\d,]+) messages\b/.exec(line)?.[1]?.replaceAll(',', '');
    return found === undefined ? [] : [{ found: Number(found), wallMs, processorMs }];
  });
  return [{ found: 0, wallMs: 0, processorMs: 0 }, ...lines];
}

function paceBetween(from: Point | undefined, to: Point | undefined): Pace | undefined {
  if (from === undefined || to === undefined || to.found === from.found) return undefined;
  const messages = to.found - from.found;
  return {
    perSecond: (messages / (to.wallMs - from.wallMs)) * 1000,
    processorMs: (to.processorMs - from.processorMs) / messages,
  };
}

function figuresOf({ used, marks, stdout }: WatchedRun): ImportFigures {
  const report: unknown = JSON.parse(stdout);
  const count = (name: string) => Number(Object(report)[name]);
  const [imported, found] = [count('imported'), count('found')];
  const points = pointsOf(marks);
  const first = paceBetween(
    points[0],
    points.find((point) => point.found >= found / 5),
  );
  const last = paceBetween(
    points.findLast((point) => point.found <= (found * 4) / 5),
    points.at(-1),
  );
  return {
    imported,
    found,
    seconds: used.wallMs / 1000,
    processorMs: used.processorMs / imported,
    mainThreadMs: used.mainThreadMs / imported,
    peakMegabytes: used.peakMegabytes,
    ...(first === undefined ? {} : { first }),
    ...(last === undefined ? {} : { last }),
  };
}

/**
 * Imports mail with `gmail-llm import` into a home, and leaves there what it came to; where that is there already, the mail is too. An import
 * that was interrupted goes on, and its figures are of what was left.
 */
export async function importMail(
  context: Pick<TestContext, 'after'>,
  home: string,
  paths: () => Promise<readonly string[]>,
  environment: Readonly<Record<string, string>> = {},
): Promise<ImportFigures> {
  const kept = join(home, 'bench', 'import.json');
  if (existsSync(kept)) {
    const figures: ImportFigures = JSON.parse(readFileSync(kept, 'utf8'));
    return figures;
  }
  const words = ['import', '--json', '--account', account, ...(await paths())] as const;
  const run = await runWatched(context, [process.execPath, join(root, 'bin', 'gmail-llm.js'), ...words], {
    environment: { PATH: process.env.PATH, TZ: 'UTC', ...environment, GMAIL_HOME: home },
    onLine: (line) => process.stderr.write(`${line}\n`),
  });
  const figures = figuresOf(run);
  mkdirSync(join(home, 'bench'), { recursive: true });
  writeFileSync(kept, JSON.stringify(figures));
  return figures;
}

function textOf(pace: Pace | undefined): string {
  return pace === undefined ? 'not seen' : `${pace.perSecond.toFixed(0)}/s, ${pace.processorMs.toFixed(3)} ms`;
}

/** What an import came to, in a few lines. */
export function lineOfImport(name: string, figures: ImportFigures): string {
  const { imported, found, seconds, processorMs, mainThreadMs, peakMegabytes, first, last } = figures;
  return [
    `import into ${name}: ${imported} of ${found} messages in ${seconds.toFixed(0)} s: ${(imported / seconds).toFixed(0)}/s`,
    `  processor time a message: ${processorMs.toFixed(3)} ms, of it in the first thread ${mainThreadMs.toFixed(3)}`,
    `  first fifth: ${textOf(first)}; last fifth: ${textOf(last)}; peak memory ${peakMegabytes.toFixed(0)} MB`,
  ].join('\n');
}

/** Megabytes of the files under a folder that a pattern names. */
export function megabytesUnder(folder: string, pattern = '**/*'): number {
  const files = globSync(pattern, { cwd: folder, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0) / 1e6;
}
