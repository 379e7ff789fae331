import { gmail } from '@googleapis/gmail';
import type { gmail_v1 } from '@googleapis/gmail';
import type { GmailMethod } from '../../mail/gmail-methods.ts';
import { matchGmailMethod } from '../../mail/gmail-methods.ts';
import type { Channel } from '../channel.ts';

/** Google's own client for the Gmail API, all of whose requests go through one channel. */
export type GmailClient = gmail_v1.Gmail;

/** How long one request may take; a channel that retries counts each attempt by itself. */
const requestTimeoutMs = 30_000;
/** The same for a request that carries a whole message. */
const transferTimeoutMs = 60_000;
/** A body of more bytes than this is a message with attachments. */
const largeBodyBytes = 256 * 1024;

/** Changes that leave the mailbox the same when they are made twice, although they are a POST. */
const repeatableChanges = /\.(?:modify|batchModify|batchDelete|trash|untrash|watch|stop)$/;

/**
 * The client with no retries, token or socket of its own: what it would fetch is handed to `channel`. Its calls throw
 * what the channel throws, wrapped; {@link ask} unwraps it.
 */
export function createClient(channel: Channel, apiRootUrl: string): GmailClient {
  return gmail({
    version: 'v1',
    rootUrl: apiRootUrl,
    retry: false,
    // Else a variable of the environment (GOOGLE_CLOUD_UNIVERSE_DOMAIN) would send requests elsewhere.
    universeDomain: 'googleapis.com',
    fetchImplementation: (input, init) => forward(channel, input, init),
  });
}

async function forward(channel: Channel, input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  const url = new URL(input instanceof Request ? input.url : input);
  const httpMethod = init.method ?? 'GET';
  const method = matchGmailMethod(httpMethod, url.pathname)?.method;
  if (method === undefined) throw new Error(`The Gmail API has no method for ${httpMethod} ${url.pathname}.`);
  const body = await bodyOf(init.body);
  const answer = await channel.send({
    methodIds: [method.id],
    httpMethod: method.httpMethod,
    url: url.href,
    headers: Object.fromEntries(new Headers(init.headers)),
    ...(body === undefined ? {} : { body }),
    isSafeToRepeat: isSafeToRepeat(method),
    timeoutMs: (body?.length ?? 0) > largeBodyBytes ? transferTimeoutMs : requestTimeoutMs,
  });
  const hasBody = answer.status !== 204 && answer.body.length > 0;
  return new Response(hasBody ? Buffer.from(answer.body) : null, { status: answer.status, headers: answer.headers });
}

async function bodyOf(body: RequestInit['body']): Promise<Uint8Array | string | undefined> {
  if (body === undefined || body === null) return undefined;
  // An upload is a stream, which could not be sent twice.
  return typeof body === 'string' ? body : new Uint8Array(await new Response(body).arrayBuffer());
}

/** A second DELETE answers 404, which the channel knows how to read. */
function isSafeToRepeat({ id, httpMethod }: GmailMethod): boolean {
  return httpMethod !== 'POST' || repeatableChanges.test(id);
}
