import { existsSync, globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import type { Mark, WatchedRun } from './watched-run.ts';

/** How fast a part went: messages a second, and processor time of one in milliseconds. */
const pace = z.object({ perSecond: z.number(), processorMs: z.number() });
type Pace = z.output<typeof pace>;

/** What taking in mail came to. */
const figures = z.object({
  stored: z.int(),
  /** With those that were there already. */
  found: z.int(),
  /** Whether it went on from one that was interrupted: then the figures are of what was left. */
  isRest: z.boolean().default(false),
  seconds: z.number(),
  /** Of a message, in all threads and children. */
  processorMs: z.number(),
  mainThreadMs: z.number(),
  /** Of a database server beside it. */
  databaseMs: z.number().optional(),
  peakMegabytes: z.number(),
  /** Of the first fifth and the last, where it took long enough to see. */
  first: pace.optional(),
  last: pace.optional(),
});
export type Figures = z.output<typeof figures>;

function paceBetween(from: Mark | undefined, to: Mark | undefined): Pace | undefined {
  if (from === undefined || to === undefined || to.found <= from.found) return undefined;
  const messages = to.found - from.found;
  return {
    perSecond: (messages / (to.wallMs - from.wallMs)) * 1000,
    processorMs: (to.processorMs - from.processorMs) / messages,
  };
}

export function figuresOf(
  { used, marks }: WatchedRun,
  { stored, found, isRest }: Pick<Figures, 'stored' | 'found' | 'isRest'>,
): Figures {
  const afterFirst = marks.find((mark) => mark.found >= found / 5);
  const beforeLast = marks.findLast((mark) => mark.found <= (found * 4) / 5);
  return {
    stored,
    found,
    isRest,
    seconds: used.wallMs / 1000,
    processorMs: used.processorMs / stored,
    mainThreadMs: used.mainThreadMs / stored,
    peakMegabytes: used.peakMegabytes,
    first: paceBetween(marks[0], afterFirst),
    last: paceBetween(beforeLast, marks.at(-1)),
  };
}

/** What a file has of a run that came to its end before; else what this one comes to, which it has then. */
export async function keptFigures(path: string, run: () => Promise<Figures>): Promise<Figures> {
  if (existsSync(path)) return figures.parse(JSON.parse(readFileSync(path, 'utf8')));
  const made = await run();
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(made));
  return made;
}

function textOf(part: Pace | undefined): string {
  return part === undefined ? 'not seen' : `${part.perSecond.toFixed(0)}/s, ${part.processorMs.toFixed(3)} ms`;
}

/** A few lines for a person. */
export function describeFigures(what: string, of: Figures): string {
  const beside = of.databaseMs === undefined ? '' : `, and in PostgreSQL ${of.databaseMs.toFixed(3)}`;
  const rest = of.isRest ? ' (the rest of one that was interrupted: the figures say little)' : '';
  const rate = (of.stored / of.seconds).toFixed(0);
  return [
    `${what}${rest}: ${of.stored} of ${of.found} messages in ${of.seconds.toFixed(0)} s: ${rate}/s`,
    `  processor time a message ${of.processorMs.toFixed(3)} ms, in the first thread ${of.mainThreadMs.toFixed(3)}${beside}`,
    `  first fifth ${textOf(of.first)}; last fifth ${textOf(of.last)}; peak memory ${of.peakMegabytes.toFixed(0)} MB`,
  ].join('\n');
}

/** Megabytes (10^6 bytes) of the files under a folder that a pattern names. */
export function megabytesUnder(folder: string, pattern = '**/*'): number {
  const files = globSync(pattern, { cwd: folder, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0) / 1e6;
}
