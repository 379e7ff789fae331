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

/** What a runtime says when it ends, such as the stack of an error: it has no time. */
function plainLine(message: string, program: string): LogLine {
  return { timeMs: Number.NaN, level: 'error', program, message, requestId: undefined, facts: {} };
}

/** A line as it was written; its time is NaN where it has none. */
export function parseLogLine(line: string, program: string): LogLine {
  const object = objectIn(line);
  if (object === undefined) return plainLine(line, program);
  const { time: _, level: __, program: ___, pid: ____, message: _____, requestId: ______, ...facts } = object;
  return {
    timeMs: Date.parse(textIn(object, 'time') ?? ''),
    level: textIn(object, 'level') ?? 'info',
    program,
    message: textIn(object, 'message') ?? '',
    requestId: textIn(object, 'requestId'),
    facts,
  };
}
