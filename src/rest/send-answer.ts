import { prefersType } from './prefers-type.ts';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isJsonObject } from '../core/json-object.ts';
import { escapeUnprintable } from '../core/escape-unprintable.ts';
import type { ServedRead } from '../core/served-reads.ts';
import { originFields, valueWithOrigin } from '../operations/kernel/answer-origin.ts';
import type { Answer, FileAnswer, Operation } from '../operations/kernel/operation.ts';
import { attachmentNamed } from '../server/content-disposition.ts';
import { locationIn } from './created-at.ts';
import { sendBody, type Body } from './send-body.ts';

/** A media type that may stand in a header as it is: mail names them, so they are not trusted. */
const safeMediaType = /^[\w.+-]{1,80}\/[\w.+-]{1,80}$/;

/** A list, one JSON object a line. */
export const linesType = 'application/x-ndjson';

/** Where an answer comes from, for files and lines, which have no fields. */
function originHeaders(origin: ServedRead | undefined): Readonly<Record<string, string>> {
  if (origin === undefined) return {};
  const { source, asOf, unverified, notYetMirrored } = originFields(origin);
  return {
    ...(source === undefined ? {} : { 'x-source': source }),
    ...(asOf === undefined ? {} : { 'x-as-of': asOf }),
    ...(unverified === undefined ? {} : { 'x-unverified': unverified }),
    ...(notYetMirrored === undefined ? {} : { 'x-not-yet-mirrored': `${notYetMirrored}` }),
  };
}

function fileBody({ filename, mimeType, content }: FileAnswer, origin: ServedRead | undefined): Body {
  return {
    status: 200,
    contentType: safeMediaType.test(mimeType) ? mimeType : 'application/octet-stream',
    headers: {
      'content-disposition': attachmentNamed(filename),
      'x-content-type-options': 'nosniff',
      'content-security-policy': 'sandbox',
      ...originHeaders(origin),
    },
    content,
    isTagged: true,
    hasRanges: true,
  };
}

/** The one list of an answer, with the token of its next page, or undefined if it is no list. */
function listIn(value: unknown): { readonly items: readonly unknown[]; readonly next: string | undefined } | undefined {
  if (!isJsonObject(value)) return undefined;
  const { nextPageToken: next, ...members } = value;
  const [items, ...others] = Object.values(members);
  if (!Array.isArray(items) || others.some(Array.isArray)) return undefined;
  return { items, next: typeof next === 'string' ? next : undefined };
}

/** The address of the next page of a list: the same with another token. */
function nextPage(url: string, pageToken: string): string {
  const [path = '', query] = url.split('?');
  const fields = new URLSearchParams(query);
  fields.set('pageToken', pageToken);
  return `${path}?${fields.toString()}`;
}

/** What an answer is of. */
interface Origin {
  readonly operation: Operation;
  /** The address of what it makes, with `{id}`; see `itemPaths`. */
  readonly itemPath: string | undefined;
}

function jsonOf(value: unknown): string {
  return escapeUnprintable(JSON.stringify(value));
}

function jsonBody(
  request: IncomingMessage,
  { operation, itemPath }: Origin,
  answer: Extract<Answer, { kind: 'json' }>,
): Body {
  const { value, origin, isPending = false } = answer;
  const list = listIn(value);
  const next = list?.next === undefined ? {} : { link: `<${nextPage(request.url ?? '', list.next)}>; rel="next"` };
  const location = isPending
    ? pendingLocation(value, operation)
    : itemPath === undefined
      ? undefined
      : locationIn(itemPath, value);
  const asLines = operation.method === 'GET' && list !== undefined && prefersType(request.headers.accept, linesType);
  const text = asLines
    ? list.items.map((item) => `${jsonOf(item)}\n`).join('')
    : jsonOf(valueWithOrigin(value, origin));
  const isTagged = operation.method === 'GET' && operation.path.includes('{');
  return {
    status: isPending ? 202 : location === undefined ? 200 : 201,
    contentType: `${asLines ? linesType : 'application/json'}; charset=utf-8`,
    headers: { ...next, ...(location === undefined ? {} : { location }), ...originHeaders(origin) },
    content: text,
    isTagged,
    ...(isTagged && origin !== undefined ? { tagged: jsonOf(value) } : {}),
    hasRanges: false,
  };
}

/** Where to look for what is still to happen: what somebody sent is at its own address, an entry of everybody's outbox there. */
function pendingLocation(value: unknown, { path }: Operation): string | undefined {
  if (!isJsonObject(value)) return undefined;
  const { outboxId, id } = value;
  if (typeof outboxId === 'string') return `/api/outbox/${encodeURIComponent(outboxId)}`;
  return typeof id === 'string' ? path.replace(/\/\w+$/, '').replace('{id}', encodeURIComponent(id)) : undefined;
}

/** Sends what an operation answered: JSON, lines of JSON where a list is wanted so, or the bytes of a file. */
export function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  origin: Origin,
  answer: Answer,
): Promise<void> {
  return sendBody(
    request,
    response,
    answer.kind === 'file' ? fileBody(answer.file, answer.origin) : jsonBody(request, origin, answer),
  );
}
