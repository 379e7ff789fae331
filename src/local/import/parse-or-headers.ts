import { messageOf } from '../../core/errors.ts';
import type { ParsedMail } from '../../mail/message.ts';
import { parseHeadersOnly } from '../../mail/parse-mime.ts';
import { parseMimeWithin } from '../../mail/parse-mime-within.ts';

/** Parsing one message must not hold up an import of a hundred thousand. */
const deadlineMs = 30_000;

/** A message as far as it can be read; `problem` says why only its header could. */
export interface ParsedOrHeaders {
  readonly parsed: ParsedMail;
  readonly problem?: string;
}

/** Parses a message whatever is wrong with it: what the MIME parser refuses keeps its header. Never throws. */
export async function parseOrHeaders(raw: Uint8Array): Promise<ParsedOrHeaders> {
  try {
    return { parsed: await parseMimeWithin(raw, { deadlineMs }) };
  } catch (error) {
    return { parsed: parseHeadersOnly(raw), problem: messageOf(error) };
  }
}
