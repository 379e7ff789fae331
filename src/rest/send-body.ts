import { hash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip, zstdCompress } from 'node:zlib';
import { HttpError } from '../server/http-error.ts';
import { bestEncoding } from './accept-encoding.ts';
import { byteRange } from './byte-range.ts';

/** Smaller answers fit into a few packets: compressing them costs more than it saves. */
const leastCompressedBytes = 8 * 1024;

const compress = { gzip: promisify(gzip), zstd: promisify(zstdCompress) };

/** What can be made smaller; pictures, archives and documents are compressed already. */
const compressible = /^(?:text\/|message\/|application\/(?:[\w.+-]*(?:json|xml)|x-ndjson|ics)\b)/i;

/** The body of a successful answer. */
export interface Body {
  readonly status: number;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly content: Uint8Array;
  /** Whether the client may keep it and ask whether it has changed. */
  readonly isTagged: boolean;
  /** Whether parts of it can be asked for. */
  readonly hasRanges: boolean;
}

/** A tag of these bytes (RFC 9110 section 8.8.3): the same bytes have the same. */
function tagOf(content: Uint8Array): string {
  return `"${hash('sha256', content, 'base64url').slice(0, 22)}"`;
}

/** Whether `If-None-Match` names this tag; weakly, as the section 13.1.2 wants it. */
function isKnown(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === tag);
}

function rangeOf({ headers }: IncomingMessage, content: Uint8Array, tag: string | undefined) {
  const condition = headers['if-range'];
  // A part of another version is of no use.
  if (condition !== undefined && condition !== tag) return 'whole';
  return byteRange(headers.range, content.byteLength);
}

/**
 * Sends a successful answer as its request wants it: nothing but 304 where the client has it already, a part of a file
 * (206), compressed where that pays. Throws an `HttpError` of 416 for a range that is not there.
 */
export async function sendBody(request: IncomingMessage, response: ServerResponse, body: Body): Promise<void> {
  const { content, contentType, status } = body;
  const size = content.byteLength;
  const tag = body.isTagged ? tagOf(content) : undefined;
  const headers: Record<string, string | number> = {
    ...body.headers,
    'content-type': contentType,
    ...(body.hasRanges ? { 'accept-ranges': 'bytes' } : {}),
    ...(tag === undefined ? {} : { etag: tag, 'cache-control': 'private, no-cache' }),
  };
  if (tag !== undefined && isKnown(request.headers['if-none-match'], tag)) {
    response.writeHead(304, { etag: tag, 'cache-control': 'private, no-cache' }).end();
    return;
  }
  const range = body.hasRanges ? rangeOf(request, content, tag) : 'whole';
  if (range === 'none') {
    throw new HttpError(
      416,
      'No byte of that range is there.',
      { field: 'Range', expected: `bytes from 0 to ${size - 1}`, got: request.headers.range ?? '' },
      { 'content-range': `bytes */${size}` },
    );
  }
  if (range !== 'whole') {
    const { first, last } = range;
    headers['content-range'] = `bytes ${first}-${last}/${size}`;
    response.writeHead(206, { ...headers, 'content-length': last - first + 1 });
    response.end(content.subarray(first, last + 1));
    return;
  }
  let sent = content;
  if (size >= leastCompressedBytes && compressible.test(contentType)) {
    headers['vary'] = 'accept-encoding';
    const encoding = bestEncoding(request.headers['accept-encoding']);
    if (encoding !== undefined) {
      sent = await compress[encoding](content);
      headers['content-encoding'] = encoding;
      // The same answer in other bytes.
      if (tag !== undefined) headers['etag'] = `W/${tag}`;
    }
  }
  response.writeHead(status, { ...headers, 'content-length': sent.byteLength });
  response.end(sent);
}
