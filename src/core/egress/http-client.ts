import { lookup as lookupHost } from 'node:dns';
import { Agent as HttpAgent, request as requestHttp, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { checkTarget, type CheckedAddress, type Reach, type Resolve } from './check-target.ts';
import { egressSettings, hasProxy } from './egress-settings.ts';
import { failureOf, type Progress } from './http-failure.ts';

/** One HTTP request, as it goes out. */
export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** From the first byte out to the last byte in, redirects included. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /**
   * Whether a kept connection will not do: the server may close it at the same moment, and then nobody knows whether it
   * has read the request.
   */
  readonly needsFreshConnection?: boolean;
  /** The largest body of an answer that is read, decompressed or not. Default: {@link mostBodyBytes}. */
  readonly maxBodyBytes?: number;
  /** Whether status and headers say all, however the body ends; one that fails is empty in the answer. */
  readonly isHeadEnough?: boolean;
  /** Redirects that a GET or HEAD follows; credentials stay with the first host. Default: none. */
  readonly redirects?: number;
}

/** A whole answer, whatever its status; the body is decompressed. */
export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; several of a name are joined with commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** The largest message that Gmail takes, 150 MiB by an import (see `maxSize` in its discovery document), in base64. */
const mostBodyBytes = 220 * 1024 * 1024;

const inflate = promisify(gunzip);

/** Headers that are for one server only. */
const credentialHeaders = new Set(['authorization', 'cookie', 'proxy-authorization']);

/** Connections to a few hosts, kept open between requests. */
export interface HttpClient {
  /** Throws an {@link HttpFailure}. */
  exchange(request: HttpRequest): Promise<HttpResponse>;
  close(): void;
}

/**
 * A client on `node:http`, which weighs a third of `fetch` at start and in memory. It goes through the proxy and trusts the
 * authorities that {@link egressSettings} names. With a `reach`, the addresses of each host are looked up, checked and
 * then connected to, without a second look-up that could say something else.
 */
export function createHttpClient(options: { readonly reach?: Reach; readonly resolve?: Resolve } = {}): HttpClient {
  const { reach = 'anywhere', resolve } = options;
  const { proxyEnvironment, authorities } = egressSettings();
  const isProxied = hasProxy();
  const agentsOf = (keepAlive: boolean) => {
    const shared = { keepAlive, ...(isProxied ? { proxyEnv: proxyEnvironment } : {}) };
    const trust = authorities === undefined ? {} : { ca: [...authorities] };
    return { 'http:': new HttpAgent(shared), 'https:': new HttpsAgent({ ...shared, ...trust }) };
  };
  const fresh = agentsOf(false);
  // A connection that was checked once is not kept for requests under rules that may have changed.
  const kept = reach === 'anywhere' ? agentsOf(true) : fresh;

  function start(request: HttpRequest, addresses: readonly CheckedAddress[] | undefined, signal: AbortSignal) {
    const { method, url, body, needsFreshConnection } = request;
    const isSecure = url.protocol === 'https:';
    const length = body === undefined ? 0 : Buffer.byteLength(body);
    const outgoing: RequestOptions = {
      method,
      signal,
      agent: (needsFreshConnection === true ? fresh : kept)[isSecure ? 'https:' : 'http:'],
      ...(addresses === undefined ? {} : { lookup: pinned(url.hostname, addresses) }),
      headers: {
        ...request.headers,
        'accept-encoding': 'gzip',
        ...(body === undefined && method === 'GET' ? {} : { 'content-length': length }),
      },
    };
    return (isSecure ? requestHttps : requestHttp)(url, outgoing);
  }

  async function hop(request: HttpRequest, signal: AbortSignal, progress: Progress): Promise<HttpResponse> {
    const addresses =
      reach === 'anywhere' ? undefined : await checkTarget(request.url, reach, { hasProxy: isProxied, resolve });
    signal.throwIfAborted();
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const outgoing = start(request, addresses, signal);
      outgoing.once('socket', (socket) => {
        progress.wasKept = outgoing.reusedSocket;
        progress.mayBeDone = !socket.connecting;
        // Nothing of the request is written before the connection, and over TLS its handshake, is there.
        const ready = request.url.protocol === 'https:' ? 'secureConnect' : 'connect';
        if (socket.connecting) socket.once(ready, () => (progress.mayBeDone = true));
      });
      outgoing.once('error', reject).once('response', resolve);
      outgoing.end(request.body);
    });
    progress.mayBeDone = true;
    const whole = readResponse(response, request.maxBodyBytes ?? mostBodyBytes);
    return request.isHeadEnough === true ? whole.catch(() => headOf(response)) : whole;
  }

  async function exchange(request: HttpRequest): Promise<HttpResponse> {
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), request.timeoutMs);
    const signal = request.signal === undefined ? timeout.signal : AbortSignal.any([request.signal, timeout.signal]);
    const progress = { mayBeDone: false, wasKept: false };
    try {
      for (let current = request, left = request.redirects ?? 0; ; left -= 1) {
        const response = await hop(current, signal, progress);
        const next = left > 0 ? redirectOf(current, response) : undefined;
        if (next === undefined) return response;
        current = next;
      }
    } catch (error) {
      throw failureOf(error, progress, { isLate: timeout.signal.aborted, isAborted: request.signal?.aborted === true });
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    exchange,
    close() {
      for (const agents of [fresh, kept]) for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

/** Answers the addresses that were checked; the name of a proxy is looked up as ever. */
function pinned(hostname: string, addresses: readonly CheckedAddress[]): LookupFunction {
  return (name, options, callback) => {
    const [first] = addresses;
    if (name !== hostname || first === undefined) lookupHost(name, options, callback);
    else if (options.all === true) callback(null, [...addresses]);
    else callback(null, first.address, first.family);
  };
}

/** The request that a redirect asks for, or undefined where there is none to follow. */
function redirectOf(request: HttpRequest, { status, headers }: HttpResponse): HttpRequest | undefined {
  const isSafe = request.method === 'GET' || request.method === 'HEAD';
  const { location } = headers;
  if (!isSafe || ![301, 302, 303, 307, 308].includes(status) || location === undefined) return undefined;
  if (!URL.canParse(location, request.url.href)) return undefined;
  const url = new URL(location, request.url);
  if (url.origin === request.url.origin) return { ...request, url };
  const kept = Object.entries(request.headers).filter(([name]) => !credentialHeaders.has(name.toLowerCase()));
  return { ...request, url, headers: Object.fromEntries(kept) };
}

async function readResponse(response: IncomingMessage, maxBytes: number): Promise<HttpResponse> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) throw new Error(`the answer is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  const raw = Buffer.concat(chunks);
  const isGzip = response.headers['content-encoding']?.toLowerCase() === 'gzip' && raw.length > 0;
  return { ...headOf(response), body: isGzip ? await inflate(raw, { maxOutputLength: maxBytes }) : raw };
}

/** An answer without its body. */
function headOf({ statusCode = 0, headers }: IncomingMessage): HttpResponse {
  const named = Object.entries(headers).map(([name, value = '']) => [name, String(value)]);
  return { status: statusCode, headers: Object.fromEntries(named), body: new Uint8Array() };
}
