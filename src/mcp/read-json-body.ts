import type { IncomingMessage } from 'node:http';
import { PARSE_ERROR, isJsonContentType } from '@modelcontextprotocol/server';
import { reasonOf } from '../core/errors.ts';
import { parseJson } from '../core/parse-json.ts';
import { collectBody } from '../server/collect-body.ts';
import { refusal } from './web-exchange.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The body of a POST, or the answer that refuses it. */
export type ReadBody =
  | { readonly kind: 'body'; readonly value: unknown }
  | { readonly kind: 'refused'; readonly answer: Response };

/**
 * Reads and parses the JSON body of a POST of at most `maxBytes`.
 *
 * Refused: another media type (415, so that no web page can send one without asking first), a longer body (413),
 * bytes that are not UTF-8 or not JSON (400 with -32700).
 */
export async function readJsonBody(request: IncomingMessage, maxBytes: number): Promise<ReadBody> {
  const contentType = request.headers['content-type'];
  if (!isJsonContentType(contentType ?? null)) {
    const message = `Unsupported media type: expected application/json, got ${contentType ?? 'no Content-Type'}.`;
    return refused(refusal(415, message));
  }
  const bytes = await collectBody(request, maxBytes);
  if (bytes === undefined) {
    const message = `The body is too large: expected at most ${maxBytes} bytes.`;
    return refused(refusal(413, message));
  }
  try {
    const value: unknown = parseJson(utf8.decode(bytes));
    return { kind: 'body', value };
  } catch (error) {
    const message = `The body is not JSON in UTF-8: expected one JSON-RPC message. ${reasonOf(error)}.`;
    return refused(refusal(400, message, {}, PARSE_ERROR));
  }
}

function refused(answer: Response): ReadBody {
  return { kind: 'refused', answer };
}
