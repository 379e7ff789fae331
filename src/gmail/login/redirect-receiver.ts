import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { AppError, messageOf, systemCode } from '../../core/errors.ts';
import { findPortHolder } from '../../core/port-holder.ts';

/** Waits on this machine's loopback address for the browser to bring Google's answer (RFC 8252, 7.3). */
export interface RedirectReceiver {
  /** What Google is told to send the browser to. */
  readonly redirectUri: string;
  /** The first answer. */
  readonly answer: Promise<URLSearchParams>;
  close(): Promise<void>;
}

const host = '127.0.0.1';

function page(heading: string, text: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>gmail-llm</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:32em;margin:20vh auto;padding:0 1em}</style>
<h1>${heading}</h1><p>${text}</p></html>\n`;
}

const answeredPage = page('Thank you', 'gmail-llm has the answer. Go back to the terminal, and close this page.');
const refusedPage = page('No access was given', 'gmail-llm was told so. Go back to the terminal, and close this page.');
const otherPage = page('Nothing here', 'This address waits for the answer of a Google login, and for nothing else.');

function respond(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    // The address of the page holds the code.
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    connection: 'close',
  });
  response.end(html);
}

/** The answer that a request brings; undefined for a favicon, a probe, and for whatever came under another name. */
function answerIn(request: IncomingMessage, ownHost: string): URLSearchParams | undefined {
  if (request.method !== 'GET' || request.headers.host !== ownHost) return undefined;
  const url = URL.parse(request.url ?? '', `http://${ownHost}`);
  if (url?.pathname !== '/') return undefined;
  return url.searchParams.has('code') || url.searchParams.has('error') ? url.searchParams : undefined;
}

function listenError(port: number, error: unknown): AppError {
  const isTaken = systemCode(error) === 'EADDRINUSE';
  return new AppError(
    'UNAVAILABLE',
    isTaken
      ? `Port ${port} on ${host} is in use by ${findPortHolder(port).description}.`
      : `Cannot listen on ${host} port ${port}: ${messageOf(error)}.`,
    { field: '--port', got: String(port), hint: 'Leave --port away: the system then chooses a free port.' },
    error,
  );
}

/** Starts listening on `port`, or with 0 on one that the system chooses. Throws `UNAVAILABLE` naming who holds the port. */
export async function startRedirectReceiver(port: number): Promise<RedirectReceiver> {
  const { promise: answer, resolve } = Promise.withResolvers<URLSearchParams>();
  let ownHost = '';
  const server = createServer((request, response) => {
    const found = answerIn(request, ownHost);
    if (found === undefined) respond(response, 404, otherPage);
    else {
      // Once the page is out, so that closing right after does not take it from the browser.
      response.once('close', () => resolve(found));
      respond(response, 200, found.has('error') ? refusedPage : answeredPage);
    }
  });
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject);
  server.listen({ host, port }, listening.resolve);
  try {
    await listening.promise;
  } catch (error) {
    throw listenError(port, error);
  }
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('a listening server has an address');
  ownHost = `${host}:${address.port}`;
  return {
    redirectUri: `http://${ownHost}/`,
    answer,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // Browsers open connections ahead that never bring a request.
        server.closeAllConnections();
      }),
  };
}
