import type { Member } from './control/members.ts';

/** What became of a program that starts by itself. */
export interface ProgramStart {
  readonly name: string;
  readonly isUp: boolean;
  /** Why it is not up, or waits, for a person: what the supervisor knows, then what the program said last. Empty where it is. */
  readonly reason: string;
}

const shownLines = 5;

/** The last lines of a log that are words and not JSON: what a program said that could not start. */
function lastWords(log: string): readonly string[] {
  const lines = log.split('\n').filter((line) => line.trim() !== '');
  const spoken = lines.slice(lines.findLastIndex((line) => line.startsWith('{')) + 1);
  return spoken.slice(-shownLines);
}

/** How each of these programs stands after its first start. */
export function startReport(members: readonly Member[]): readonly ProgramStart[] {
  return members
    .filter(({ process }) => process.configuration.autostart)
    .map(({ process }) => {
      const { name } = process.configuration;
      const { spawnError, waitsFor } = process.record;
      if (process.state === 'RUNNING' || process.state === 'EXITED')
        return { name, isUp: waitsFor === '', reason: waitsFor };
      const reason = [spawnError, ...lastWords(process.logs.end().lastLines)].filter((line) => line !== '').join('\n');
      return { name, isUp: false, reason: reason === '' ? `it is ${process.state}` : reason };
    });
}
