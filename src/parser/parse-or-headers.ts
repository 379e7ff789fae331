import { messageOf } from '../core/errors.ts';
import type { ParsedMail } from '../mail/message.ts';
import { parseHeadersOnly } from '../mail/mime/parse-mime.ts';
import { parseMimeWithin } from './parse-mime-within.ts';
import type { TaskLimits } from './parser-process.ts';

/** A message as far as it can be read; `problem` says why only its header could. */
export interface ParsedOrHeaders {
  readonly parsed: ParsedMail;
  readonly problem?: string;
}

/**
 * Parses a message whatever is wrong with it: what the MIME parser refuses, or cannot finish in time, keeps its header.
 * Throws nothing but the reason of an aborted signal.
 */
export async function parseOrHeaders(raw: Uint8Array, limits: TaskLimits): Promise<ParsedOrHeaders> {
  try {
    return { parsed: await parseMimeWithin(raw, limits) };
  } catch (error) {
    limits.signal?.throwIfAborted();
    return { parsed: parseHeadersOnly(raw), problem: messageOf(error) };
  }
}
