import { writeSync } from 'node:fs';
import { escapeUnprintable } from './escape-unprintable.ts';
import { currentContext } from './context.ts';
import { messageOf } from './errors.ts';

/** Levels in order; a logger writes its own level and the ones after it. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Facts of a log line. Names that sound like a secret are redacted, whatever their depth. */
type LogFields = Readonly<Record<string, unknown>>;

export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

const secretName = /authorization|token|secret|password|cookie|credential|refresh|api_?key/i;
/** Counts and names of tokens are no secrets. */
const openNames = new Set(['tokenName', 'pageToken', 'tokens']);
const secretText = /\bBearer\s+[\w.~+/=-]+|\bgml_[\w-]+|\bya29\.[\w.-]+|\b1\/\/[\w-]{20,}/g;

const secretNames = new Map<string, boolean>();

/** Whether a field of this name is hidden. Names come from our own code, so there are few. */
function isSecret(name: string): boolean {
  let isIt = secretNames.get(name);
  if (isIt === undefined) {
    isIt = secretName.test(name) && !openNames.has(name);
    secretNames.set(name, isIt);
  }
  return isIt;
}

/** What every text that {@link secretText} finds contains: looking for these first is much cheaper. */
const secretMarks = ['Bearer', 'gml_', 'ya29.', '1//'];

/** A value of a log line: what sounds like a secret is hidden at any depth, and errors become their text. */
function redact(value: unknown, name: string): unknown {
  if (typeof value === 'number' || typeof value === 'boolean' || value === undefined) return value;
  if (isSecret(name)) return '[redacted]';
  if (typeof value === 'string') return value;
  if (value instanceof Error) return { message: messageOf(value), stack: value.stack ?? '' };
  if (Array.isArray(value)) return value.map((item) => redact(item, name));
  if (typeof value === 'object' && value !== null) return redactFields(value);
  return typeof value === 'bigint' ? value.toString() : value;
}

function redactFields(fields: object): LogFields {
  const redacted: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) redacted[name] = redact(value, name);
  return redacted;
}

/** The members of an object as they stand in the middle of a JSON text. */
function members(fields: object): string {
  const json = JSON.stringify(fields).slice(1, -1);
  return json === '' ? '' : `,${json}`;
}

/** How long a line may wait for others to be written with it: a write for each line would cost as much as a call. */
const gatherMs = 20;

/**
 * A writer of whole lines to a file descriptor. Lines of {@link gatherMs} go out in one write, and what is left goes out
 * when the process exits; only a kill -9 within that time can lose lines.
 */
export function createLineWriter(fileDescriptor: number): (line: string) => void {
  let pending = '';
  const flush = () => {
    const text = pending;
    pending = '';
    try {
      if (text !== '') writeSync(fileDescriptor, text);
    } catch {
      // A closed or full pipe must not take the server down: there is nowhere left to say so.
    }
  };
  process.on('exit', flush);
  return (line) => {
    if (pending === '') setTimeout(flush, gatherMs).unref();
    pending += line;
  };
}

/** Writes one line, if its level and its subsystem are on. */
export type WriteLog = (level: LogLevel, message: string, fields?: LogFields, subsystem?: string) => void;

/**
 * A writer of JSON lines: `time` (ISO 8601), `level`, `program`, `pid`, `subsystem` where the line is of one, `message`,
 * the call's `requestId` and `transport` where there is one, then the fields. `write` is given whole lines;
 * `levelOf` says from which level on a subsystem's lines are written.
 */
export function createLogWriter(
  program: string,
  levelOf: (subsystem: string | undefined) => LogLevel,
  write: (line: string) => void,
  now: () => Date = () => new Date(),
): WriteLog {
  const origin = `"program":${JSON.stringify(program)},"pid":${process.pid}`;
  return (level, message, fields = {}, subsystem) => {
    if (logLevels.indexOf(level) < logLevels.indexOf(levelOf(subsystem))) return;
    const { requestId, transport, tokenName } = currentContext() ?? {};
    const call = members({ requestId, transport, tokenName }) + members(redactFields(fields));
    const part = subsystem === undefined ? '' : `"subsystem":"${subsystem}",`;
    const line = `{"time":"${now().toISOString()}","level":"${level}",${origin},${part}"message":${JSON.stringify(message)}${call}}\n`;
    // Once over the whole line, which is cheaper than over each of its texts; no secret holds a quote.
    const redacted = secretMarks.some((mark) => line.includes(mark)) ? line.replace(secretText, '[redacted]') : line;
    write(escapeUnprintable(redacted));
  };
}

/** A logger that writes with `writeLog`, for one subsystem or for the program itself. */
export function loggerOf(writeLog: WriteLog, subsystem?: string): Logger {
  const log = (level: LogLevel) => (message: string, fields?: LogFields) => writeLog(level, message, fields, subsystem);
  return { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
}

/** A logger of the program itself; see {@link createLogWriter}. */
export function createLogger(
  program: string,
  level: LogLevel,
  write: (line: string) => void,
  now?: () => Date,
): Logger {
  return loggerOf(createLogWriter(program, () => level, write, now));
}
