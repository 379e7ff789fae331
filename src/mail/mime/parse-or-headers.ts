import { messageOf } from '../../core/errors.ts';
import type { ParsedMail } from '../message.ts';
import { parseHeadersOnly } from './parse-mime.ts';
import { parseMimeWithin, type ParseLimits } from './parse-mime-within.ts';

/** A message as far as it can be read; `problem` says why only its header could. */
export interface ParsedOrHeaders {
  readonly parsed: ParsedMail;
  readonly problem?: string;
}

/**
 * Parses a message whatever is wrong with it: what the MIME parser refuses, or cannot finish in time, keeps its header.
 * Throws nothing but the reason of an aborted signal.
 */
export async function parseOrHeaders(raw: Uint8Array, limits: ParseLimits): Promise<ParsedOrHeaders> {
  try {
    return { parsed: await parseMimeWithin(raw, limits) };
  } catch (error) {
    limits.signal?.throwIfAborted();
    return { parsed: parseHeadersOnly(raw), problem: messageOf(error) };
  }
}
