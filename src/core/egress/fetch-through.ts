import type { HttpClient } from './http-client.ts';

/**
 * A `fetch` for libraries that want one: what they ask for goes out through `http`, within `timeoutMs`. Redirects are not
 * followed: what is sent may be a secret.
 */
export function fetchThrough(http: HttpClient, timeoutMs: number): typeof fetch {
  return async (input, init = {}) => {
    const request = new Request(input, init);
    const { method, headers, signal } = request;
    const {
      status,
      headers: answered,
      body,
    } = await http.exchange({
      method,
      url: new URL(request.url),
      headers: Object.fromEntries(headers),
      ...(request.body === null ? {} : { body: new Uint8Array(await request.arrayBuffer()) }),
      timeoutMs,
      signal,
    });
    const isEmpty = status === 204 || status === 304;
    return new Response(isEmpty ? null : Buffer.from(body), { status, headers: withoutWireHeaders(answered) });
  };
}

/** The body is unpacked already. */
function withoutWireHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const { 'content-encoding': _, 'content-length': __, 'transfer-encoding': ___, ...others } = headers;
  return others;
}
