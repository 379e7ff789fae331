import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { textIn } from '../../core/json-object.ts';
import { parseLogLine, type LogLine } from './log-line.ts';
import { loggedPrograms, readBytes, readRange } from './read-log.ts';

/** A call of an operation, as its server has logged it: nothing of its input and its answer. */
export interface LoggedCall {
  readonly timeMs: number;
  readonly operation: string;
  /** `OK`, or the code of its error. */
  readonly code: string;
  readonly ms: number;
  readonly transport: string;
  readonly tokenName: string | undefined;
  readonly requestId: string | undefined;
}

function callOf({ timeMs, message, facts, requestId }: LogLine): LoggedCall | undefined {
  const operation = textIn(facts, 'operation');
  const code = textIn(facts, 'code');
  const isCall = message === 'call' && !Number.isNaN(timeMs);
  if (!isCall || operation === undefined || code === undefined || typeof facts.ms !== 'number') return undefined;
  const transport = textIn(facts, 'transport') ?? '';
  return { timeMs, operation, code, ms: facts.ms, transport, tokenName: textIn(facts, 'tokenName'), requestId };
}

/** Calls of agents and programs; not those of the page itself. */
export interface CallHistory {
  /** Those that the ends of the logs hold, the newest first. */
  read(): Promise<readonly LoggedCall[]>;
}

/** How far a log was read, and the calls that were found, the oldest first. */
interface ReadLog {
  readonly inode: number;
  readonly end: number;
  readonly calls: readonly LoggedCall[];
}

/** Calls that are kept of each program: as many as the end of a log holds. */
const kept = 5000;

/** Reads the calls of a log that came since it was last read. */
async function readOn(path: string, program: string, before: ReadLog | undefined): Promise<ReadLog> {
  const file = await open(path);
  try {
    const { size, ino: inode } = await file.stat();
    const isSame = before !== undefined && before.inode === inode && before.end <= size;
    if (isSame && before.end === size) return before;
    const start = Math.max(isSame ? before.end : 0, size - readBytes);
    const block = await readRange(file, start, size);
    const end = block.lastIndexOf('\n') + 1;
    // Where reading begins inside of a line, that is no JSON.
    const lines = block.toString('utf8', 0, end).split('\n');
    const calls = lines.flatMap((line) => callOf(parseLogLine(line, program)) ?? []);
    return { inode, end: start + end, calls: [...(before?.calls ?? []), ...calls].slice(-kept) };
  } finally {
    await file.close();
  }
}

/** The calls in the logs of this folder; each line is read once. */
export function callHistory(folder: string): CallHistory {
  const logs = new Map<string, ReadLog>();
  return {
    async read() {
      const programs = (await loggedPrograms(folder)).filter(
        (name) => name !== 'gmail-dashboard' && name !== 'supervisord',
      );
      await Promise.all(
        programs.map(async (name) => {
          logs.set(name, await readOn(join(folder, `${name}.log`), name, logs.get(name)));
        }),
      );
      const all = [...logs.values()].flatMap(({ calls }) => calls.toReversed());
      return all.toSorted((a, b) => b.timeMs - a.timeMs);
    },
  };
}
