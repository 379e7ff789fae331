import { open, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isJsonObject, textIn, type JsonObject } from '../../core/json-object.ts';

/** A line of a log file. */
export interface LogLine {
  /** Milliseconds since 1970; of a line without a time that of the line before. */
  readonly timeMs: number;
  readonly level: string;
  readonly program: string;
  readonly message: string;
  readonly requestId: string | undefined;
  /** Everything else that it says. */
  readonly facts: JsonObject;
}

/** The end of a file that is looked at: some 5,000 lines. */
const readBytes = 1_000_000;

/** The last bytes of a file, without a line that is cut. */
async function endOf(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - readBytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
    const text = buffer.toString('utf8', 0, bytesRead);
    return start === 0 ? text : text.slice(text.indexOf('\n') + 1);
  } finally {
    await file.close();
  }
}

function objectIn(line: string): JsonObject | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return isJsonObject(value) ? value : undefined;
  } catch {
    // A line that a killed process has cut off is shown as it is.
    return undefined;
  }
}

function readLine(line: string, program: string, beforeMs: number): LogLine {
  const object = objectIn(line);
  if (object === undefined) {
    // What a runtime says when it ends, such as the stack of an error.
    return { timeMs: beforeMs, level: 'error', program, message: line, requestId: undefined, facts: {} };
  }
  const { time: _, level: __, program: ___, pid: ____, message: _____, requestId: ______, ...facts } = object;
  const timeMs = Date.parse(textIn(object, 'time') ?? '');
  return {
    timeMs: Number.isNaN(timeMs) ? beforeMs : timeMs,
    level: textIn(object, 'level') ?? 'info',
    program,
    message: textIn(object, 'message') ?? '',
    requestId: textIn(object, 'requestId'),
    facts,
  };
}

/** The programs that have a log in this folder. */
export async function loggedPrograms(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder);
  return names.filter((name) => name.endsWith('.log')).map((name) => basename(name, '.log'));
}

/** The newest lines of these programs' logs, of all of them together, the newest first. */
export async function readLogs(folder: string, programs: readonly string[]): Promise<readonly LogLine[]> {
  const files = await Promise.all(
    programs.map(async (program) => {
      const lines: LogLine[] = [];
      for (const line of (await endOf(join(folder, `${program}.log`))).split('\n')) {
        if (line !== '') lines.push(readLine(line, program, lines.at(-1)?.timeMs ?? 0));
      }
      return lines.toReversed();
    }),
  );
  // Sorting is stable: lines of the same millisecond stay in the order of their file.
  return files.flat().toSorted((a, b) => b.timeMs - a.timeMs);
}
