import { STATUS_CODES } from 'node:http';
import type { Outcome } from '../control/counters.ts';

/** How an answer is spoilt on its way: the connection dropped without it, cut off halfway, or kept slow. */
type TransportFault =
  | { readonly kind: 'drop' }
  | { readonly kind: 'truncate' }
  | { readonly kind: 'drip'; readonly bytesPerSecond: number };

/** An answer that is ready to be written. */
export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly transport?: TransportFault;
  /** Messages that it gives whole (`format=raw`), by id: counted once it is sent, and not where it is cut off. */
  readonly rawIds?: readonly string[];
}

/** What is counted of an answer. */
export function outcomeOf({ status, transport }: HttpAnswer): Outcome {
  return transport?.kind === 'drop' ? 'dropped' : status;
}

/** JSON as Google writes it, indented unless `isCompact`. */
export function jsonAnswer(
  status: number,
  value: unknown,
  { isCompact = false, headers = {} }: { isCompact?: boolean; headers?: Readonly<Record<string, string>> } = {},
): HttpAnswer {
  const text = isCompact ? JSON.stringify(value) : `${JSON.stringify(value, undefined, 2)}\n`;
  return {
    status,
    headers: {
      'content-type': 'application/json; charset=UTF-8',
      'cache-control': 'private',
      vary: 'Origin, X-Origin, Referer',
      ...headers,
    },
    body: Buffer.from(text),
  };
}

/** An answer without a body. */
export function emptyAnswer(status: number, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return { status, headers, body: Buffer.alloc(0) };
}

/** A page for a person. `content` is HTML. */
export function pageAnswer(status: number, title: string, content: string): HttpAnswer {
  return {
    status,
    headers: { 'content-type': 'text/html; charset=UTF-8', 'cache-control': 'no-store' },
    body: Buffer.from(`<!doctype html>\n<meta charset="utf-8">\n<title>${escapeHtml(title)}</title>\n${content}\n`),
  };
}

/** The page that Google's front end answers for what it does not know (404), or takes in another way (400, 405, 411). */
export function frontEndError(status: number, explanation: string): HttpAnswer {
  const title = `Error ${status} (${STATUS_CODES[status] ?? 'Error'})!!1`;
  return pageAnswer(status, title, `<p><b>${status}.</b> That’s an error.\n<p>${escapeHtml(explanation)}`);
}

/** Text that means itself in HTML, in double quotes too. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
