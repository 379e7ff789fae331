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
  /** Text is UTF-8; the server writes it in one piece with its headers. */
  readonly content: Uint8Array | string;
  /** Whether the client may keep it and ask whether it has changed. */
  readonly isTagged: boolean;
  /** What its tag is made of, where the content says more, such as when that was so: the tag is a weak one then. */
  readonly tagged?: string;
  /** Whether parts of it can be asked for. */
  readonly hasRanges: boolean;
}

/** A tag of these bytes (RFC 9110 section 8.8.3): the same bytes have the same. */
function tagOf(content: Uint8Array | string): string {
  return `"${hash('sha256', content, 'base64url').slice(0, 22)}"`;
}

/** Whether `If-None-Match` names this tag; weakly, as the section 13.1.2 wants it. */
function isKnown(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === tag);
}

function rangeOf({ headers }: IncomingMessage, size: number, tag: string | undefined) {
  const condition = headers['if-range'];
  // A part of another version is of no use.
  if (condition !== undefined && condition !== tag) return 'whole';
  return byteRange(headers.range, size);
}

/** What a body says of itself, whatever of it is sent. */
function ownHeaders(
  { headers, contentType, hasRanges }: Body,
  tag: string | undefined,
): Record<string, string | number> {
  const own: Record<string, string | number> = { 'content-type': contentType };
  if (hasRanges) own['accept-ranges'] = 'bytes';
  if (tag !== undefined) {
    own['etag'] = tag;
    own['cache-control'] = 'private, no-cache';
  }
  return Object.assign(own, headers);
}

/**
 * Sends a successful answer as its request wants it: nothing but 304 where the client has it already, a part of a file
 * (206), compressed where that pays. Throws an `HttpError` of 416 for a range that is not there.
 */
export async function sendBody(request: IncomingMessage, response: ServerResponse, body: Body): Promise<void> {
  const { content, contentType, status } = body;
  const size = typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength;
  const strongTag = body.isTagged ? tagOf(body.tagged ?? content) : undefined;
  const tag = strongTag === undefined || body.tagged === undefined ? strongTag : `W/${strongTag}`;
  if (strongTag !== undefined && isKnown(request.headers['if-none-match'], strongTag)) {
    response.writeHead(304, { ...body.headers, etag: tag, 'cache-control': 'private, no-cache' }).end();
    return;
  }
  const headers = ownHeaders(body, tag);
  const range = body.hasRanges ? rangeOf(request, size, tag) : 'whole';
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
    response.end(bytesOf(content).subarray(first, last + 1));
    return;
  }
  if (size >= leastCompressedBytes && compressible.test(contentType)) {
    headers['vary'] = 'accept-encoding';
    const encoding = bestEncoding(request.headers['accept-encoding']);
    if (encoding !== undefined) {
      const packed = await compress[encoding](bytesOf(content));
      headers['content-encoding'] = encoding;
      // The same answer in other bytes.
      if (strongTag !== undefined) headers['etag'] = `W/${strongTag}`;
      headers['content-length'] = packed.byteLength;
      response.writeHead(status, headers).end(packed);
      return;
    }
  }
  headers['content-length'] = size;
  response.writeHead(status, headers).end(content);
}

function bytesOf(content: Uint8Array | string): Uint8Array {
  return typeof content === 'string' ? Buffer.from(content) : content;
}
