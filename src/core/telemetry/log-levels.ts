import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isJsonObject } from '../json-object.ts';
import { logLevels, type LogLevel } from '../logger.ts';
import { replaceFile } from '../replace-file.ts';
import { subsystems, type Subsystem } from './log.ts';

/** The level of one subsystem, until it ends. */
export interface SetLevel {
  readonly subsystem: Subsystem;
  readonly level: LogLevel;
  /** Milliseconds since 1970. */
  readonly untilMs: number;
}

/** How long a level that was set holds, where nothing else is said: one that is forgotten must not fill a disk. */
export const defaultLevelMs = 60 * 60 * 1000;

/** How long the file is taken to be as it was: log lines are written in the middle of calls. */
const freshMs = 500;

/** The file of a home that its processes follow. */
export function logLevelsFile(runFolder: string): string {
  return join(runFolder, 'log-levels.json');
}

/** The levels that are set now. A file that cannot be read, or is of another form, sets none. */
export function readLogLevels(file: string, nowMs: number): readonly SetLevel[] {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return [];
  }
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry: unknown) => {
    if (!isJsonObject(entry) || typeof entry.untilMs !== 'number' || entry.untilMs <= nowMs) return [];
    const subsystem = subsystems.find((one) => one === entry.subsystem);
    const level = logLevels.find((one) => one === entry.level);
    return subsystem === undefined || level === undefined ? [] : [{ subsystem, level, untilMs: entry.untilMs }];
  });
}

/**
 * Sets the levels of subsystems for all processes of a home, until `untilMs`; without a level, theirs is the configured one
 * again. Throws `UNAVAILABLE` when the file cannot be written.
 */
export function setLogLevels(
  file: string,
  change: { readonly subsystems: readonly Subsystem[]; readonly level?: LogLevel; readonly untilMs: number },
  nowMs: number,
): void {
  const { level, untilMs } = change;
  const others = readLogLevels(file, nowMs).filter(({ subsystem }) => !change.subsystems.includes(subsystem));
  const set = level === undefined ? [] : change.subsystems.map((subsystem) => ({ subsystem, level, untilMs }));
  replaceFile(file, `${JSON.stringify([...others, ...set])}\n`, 0o700);
}

/**
 * Says from which level on a subsystem's lines are written: what the file says, else `configured`. A change of the file
 * counts within half a second. `monotonicMs` is a clock that never goes back.
 */
export function followLogLevels(
  file: string,
  configured: LogLevel,
  { now, monotonicMs }: { readonly now: () => number; readonly monotonicMs: () => number },
): (subsystem: string | undefined) => LogLevel {
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let stamp = '';
  let levels: ReadonlyMap<string, SetLevel> = new Map();

  function look(): void {
    const stat = statSync(file, { throwIfNoEntry: false });
    const current = stat === undefined ? '' : `${stat.ino} ${stat.mtimeMs} ${stat.size}`;
    if (current === stamp) return;
    stamp = current;
    levels = new Map(readLogLevels(file, now()).map((set) => [set.subsystem, set]));
  }

  return (subsystem = 'server') => {
    const nowMs = monotonicMs();
    if (nowMs - lookedAtMs >= freshMs) {
      lookedAtMs = nowMs;
      look();
    }
    const set = levels.size === 0 ? undefined : levels.get(subsystem);
    return set !== undefined && set.untilMs > now() ? set.level : configured;
  };
}
