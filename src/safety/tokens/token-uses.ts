import { mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '../../core/errors.ts';

/** How exactly it is known when a token was last used: noting each call would cost as much as the call. */
const noteEveryMs = 60_000;

/** One empty file for each token, whose time says when it was last used; processes share it without a lock. */
function useFile(dataFolder: string, name: string): string {
  return join(dataFolder, 'token-uses', `use-${name}`);
}

/** When a token was last used, to a minute (milliseconds since 1970), or undefined. */
export function lastUsedMs(dataFolder: string, name: string): number | undefined {
  return statSync(useFile(dataFolder, name), { throwIfNoEntry: false })?.mtimeMs;
}

/** Forgets when a token was used. */
export function forgetUses(dataFolder: string, name: string): void {
  rmSync(useFile(dataFolder, name), { force: true });
}

function touch(file: string, nowMs: number): void {
  const time = nowMs / 1000;
  try {
    utimesSync(file, time, time);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 });
    writeFileSync(file, '', { mode: 0o600 });
    utimesSync(file, time, time);
  }
}

/** Notes uses of tokens, at most once a minute for each. A disk that is full keeps nobody out. */
export function createUseNotes(dataFolder: string, now: () => number): (name: string) => void {
  const notedMs = new Map<string, number>();
  return (name) => {
    const nowMs = now();
    if (Math.abs(nowMs - (notedMs.get(name) ?? 0)) < noteEveryMs) return;
    notedMs.set(name, nowMs);
    try {
      touch(useFile(dataFolder, name), nowMs);
    } catch {
      // What it is for can wait.
    }
  };
}
