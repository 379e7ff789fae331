import { writeSync } from 'node:fs';
import { currentContext } from './context.ts';
import { messageOf } from './errors.ts';

/** Levels in order; a logger writes its own level and the ones after it. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Facts of a log line. Names that sound like a secret are redacted, whatever their depth. */
export type LogFields = Readonly<Record<string, unknown>>;

export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

const secretName = /authorization|token|secret|password|cookie|credential|refresh|api_?key/i;
const secretValue = /\b(?:Bearer\s+)[\w.~+/=-]+|\bgml_[\w-]+|\bya29\.[\w.-]+|\b1\/\/[\w-]{20,}/g;
/** Counts and names of tokens are no secrets. */
const openNames = new Set(['tokenName', 'pageToken', 'tokens']);

/** Hides secrets in a value that is about to be logged: by field name at any depth, and by shape inside text. */
export function redact(value: unknown, name = ''): unknown {
  if (secretName.test(name) && !openNames.has(name)) return value === undefined ? undefined : '[redacted]';
  if (typeof value === 'string') return value.replace(secretValue, '[redacted]');
  if (value instanceof Error) {
    return { message: redact(messageOf(value)), stack: redact(value.stack ?? '') };
  }
  if (Array.isArray(value)) return value.map((item) => redact(item, name));
  if (typeof value === 'object' && value !== null) return redactFields(value);
  return typeof value === 'bigint' ? value.toString() : value;
}

function redactFields(fields: object): LogFields {
  return Object.fromEntries(Object.entries(fields).map(([key, item]) => [key, redact(item, key)]));
}

/**
 * A writer of whole lines to a file descriptor. Lines of one turn of the event loop go out in one write, and what is
 * left goes out when the process exits; only a kill -9 within the turn can lose a line.
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
    if (pending === '') setImmediate(flush);
    pending += line;
  };
}

/**
 * A logger of JSON lines: `time` (ISO 8601), `level`, `program`, `pid`, `message`, the call's `requestId` and `door`
 * where there is one, then the fields. `write` is given whole lines.
 */
export function createLogger(
  program: string,
  level: LogLevel,
  write: (line: string) => void,
  now: () => Date = () => new Date(),
): Logger {
  const threshold = logLevels.indexOf(level);
  const log =
    (lineLevel: LogLevel) =>
    (message: string, fields: LogFields = {}) => {
      if (logLevels.indexOf(lineLevel) < threshold) return;
      const context = currentContext();
      const line = {
        time: now().toISOString(),
        level: lineLevel,
        program,
        pid: process.pid,
        message: redact(message),
        ...context,
        ...redactFields(fields),
      };
      write(`${JSON.stringify(line)}\n`);
    };
  return { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
}
