import { systemCode } from '../../core/errors.ts';
import { logSizeBytes } from '../logs/log-file.ts';
import { readLogEnd, readLogRange } from '../logs/read-log.ts';
import { RpcFault } from './faults.ts';

function existing(path: string | undefined): string {
  if (path === undefined || logSizeBytes(path) === undefined) throw new RpcFault('NO_FILE', path ?? 'none');
  return path;
}

/**
 * Part of a log as text: from `offset` on, `length` bytes or, for 0, all of the rest; a negative offset means so many
 * bytes at the end. Throws `NO_FILE`, `BAD_ARGUMENTS`, `FAILED`.
 */
export function readLog(path: string | undefined, offset: number, length: number): string {
  const file = existing(path);
  if (length < 0 || (offset < 0 && length !== 0)) throw new RpcFault('BAD_ARGUMENTS');
  if (offset < 0) return readLogEnd(file, -offset).toString('utf8');
  try {
    return readLogRange(file, offset, length === 0 ? Number.MAX_SAFE_INTEGER : length).toString('utf8');
  } catch (error) {
    throw new RpcFault('FAILED', systemCode(error));
  }
}

/**
 * What a log has grown by: `[text, offset to ask from next time, whether something was left out]`. Where more than
 * `length` bytes have come since `offset`, only the last ones are given.
 */
export function tailLog(
  path: string | undefined,
  offset: number,
  length: number,
): readonly [text: string, offset: number, overflow: boolean] {
  const size = path === undefined ? undefined : logSizeBytes(path);
  if (path === undefined || size === undefined) return ['', 0, false];
  const overflow = size > offset + length;
  // supervisord's rule: after an overflow the last `length` bytes, else what is there from `offset` on.
  const start = Math.max(0, overflow ? size - length : size - Math.min(length, Math.max(0, size - offset)));
  const count = Math.max(0, Math.min(length, size - start));
  return [count === 0 ? '' : readLogRange(path, start, count).toString('utf8'), size, overflow];
}
