import type { ServerResponse } from 'node:http';
import { renderHtml, type Html } from './html/html.ts';

/**
 * Scripts, styles and pictures come from here alone, nothing is inline, forms go nowhere else, and no page can hold ours
 * in a frame. What of it a mail's frame is allowed is said by the frame itself.
 */
const contentPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "frame-src 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Headers of every answer of the page. */
export const pageHeaders = {
  'content-security-policy': contentPolicy,
  'x-content-type-options': 'nosniff',
  // Not no-referrer: with it browsers send `Origin: null` with our own forms.
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
} as const;

export function sendHtml(
  response: ServerResponse,
  status: number,
  markup: Html,
  headers: Readonly<Record<string, string>> = {},
): void {
  const body = renderHtml(markup);
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    ...pageHeaders,
    ...headers,
  });
  response.end(body);
}

/** Sends the browser to another address with a GET. */
export function redirect(response: ServerResponse, to: string, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(303, { location: to, 'content-length': 0, ...pageHeaders, ...headers });
  response.end();
}
