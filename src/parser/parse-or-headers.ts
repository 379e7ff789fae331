import { messageOf } from '../core/errors.ts';
import type { MailContent, ParsedMail } from '../mail/message.ts';
import { parseHeadersOnly } from '../mail/mime/parse-mime.ts';
import { parseMimeWithin, readMimeWithin } from './parse-mime-within.ts';
import type { TaskLimits } from './parser-process.ts';

/** Of a message that is not parsed, so much is read in the server for its header. Real ones have a tenth of it. */
const headerBytes = 64 * 1024;

/** A message as far as it can be read; `problem` says why only its header could. */
export interface ParsedOrHeaders {
  readonly parsed: ParsedMail;
  readonly problem?: string;
}

/** What a message says, as far as it can be read; `problem` says why only its header could. */
export interface ReadOrHeaders {
  readonly content: MailContent;
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
    return { parsed: headerOf(raw, limits), problem: messageOf(error) };
  }
}

/** {@link parseOrHeaders} without the bytes of the message's files. */
export async function readOrHeaders(raw: Uint8Array, limits: TaskLimits): Promise<ReadOrHeaders> {
  try {
    return { content: await readMimeWithin(raw, limits) };
  } catch (error) {
    return { content: headerOf(raw, limits), problem: messageOf(error) };
  }
}

function headerOf(raw: Uint8Array, { signal }: TaskLimits): ParsedMail {
  signal?.throwIfAborted();
  return parseHeadersOnly(raw.subarray(0, headerBytes));
}
