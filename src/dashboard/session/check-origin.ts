import type { IncomingMessage } from 'node:http';
import { isLoopback } from '../../core/loopback.ts';
import { AppError } from '../../core/errors.ts';

function refused(field: string, expected: string, got: string | undefined): AppError {
  return new AppError('FORBIDDEN', 'Only pages of this address may change something.', {
    field,
    expected,
    got: got ?? 'nothing',
  });
}

/**
 * That a page of this very host and port sends the request: what the guard lets in for programs, another port of this
 * machine, is a stranger here. Throws `FORBIDDEN`.
 */
export function checkOrigin({ headers }: Pick<IncomingMessage, 'headers'>): void {
  const { origin, host = '' } = headers;
  const from = origin === undefined ? undefined : (URL.parse(origin) ?? undefined);
  // Host leaves out a default port as URLs do; either scheme, as a proxy may speak TLS for us.
  if (from === undefined || URL.parse(`${from.protocol}//${host}`)?.host !== from.host) {
    throw refused('Origin', `http://${host}`, origin);
  }
  const site = headers['sec-fetch-site'];
  // Browsers say it to servers that they hold for trustworthy: on this machine, or over TLS.
  const isUnsaid = site === undefined && from.protocol === 'http:' && !isLoopback(from.hostname);
  if (!isUnsaid && site !== 'same-origin') throw refused('Sec-Fetch-Site', 'same-origin', site?.toString());
}
