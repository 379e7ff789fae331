import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import { GoogleError } from '../http/api-call.ts';
import { bearerToken } from '../http/authorize-call.ts';
import type { HttpAnswer } from '../http/http-answer.ts';
import { jsonAnswer } from '../http/http-answer.ts';
import { errorAnswer, invalidToken, malformed, missingToken } from '../http/server-errors.ts';
import type { Authority } from '../oauth/authority.ts';
import { ackDeadlineSeconds, type Subscriptions } from './subscriptions.ts';

/** What the Pub/Sub endpoint works with. */
export interface PubsubEndpoint {
  readonly authority: Authority;
  readonly subscriptions: Subscriptions;
  /** Publishes what has changed in any mailbox since it was last called. */
  readonly notice: () => Promise<void>;
  /** How long a pull waits for a first message. */
  readonly pullMs: () => number;
  /** Aborted when the emulator closes. */
  readonly signal: AbortSignal;
}

/** A request below `/v1/projects/`. */
interface PubsubRequest {
  readonly httpMethod: string;
  readonly pathname: string;
  readonly authorization: string | undefined;
  readonly bytes: Buffer;
}

/** Paths of Cloud Pub/Sub (cloud.google.com/pubsub/docs/reference/rest). */
export const pubsubPath = /^\/v1\/(projects\/[^/:]+\/(topics|subscriptions)\/[^/:]+)(?::(\w+))?$/;

/** Any of them lets a token pull. */
const scopes: ReadonlySet<string> = new Set([
  'https://www.googleapis.com/auth/pubsub',
  'https://www.googleapis.com/auth/cloud-platform',
]);

/** How often a pull that waits looks after mailboxes that were changed past the API. */
const lookMs = 25;

const ackIds = z.array(z.string()).default([]);
const bodies = {
  subscription: z.object({ topic: z.string() }),
  pull: z.object({ maxMessages: z.int().min(1), returnImmediately: z.boolean().default(false) }),
  acknowledge: z.object({ ackIds }),
  modifyAckDeadline: z.object({ ackIds, ackDeadlineSeconds: z.int().min(0).max(600) }),
};

/** Answers a request to Pub/Sub, errors included. Rejects when the emulator closes. */
export async function answerPubsub(endpoint: PubsubEndpoint, request: PubsubRequest): Promise<HttpAnswer> {
  try {
    authorize(endpoint.authority, request.authorization);
    return jsonAnswer(200, await answer(endpoint, request));
  } catch (error) {
    if (error instanceof GoogleError) return errorAnswer(error, false);
    if (error instanceof z.ZodError || error instanceof SyntaxError) {
      return errorAnswer(malformed('Invalid JSON payload received.'), false);
    }
    throw error;
  }
}

function authorize(authority: Authority, authorization: string | undefined): void {
  const token = bearerToken(authorization);
  if (token === undefined) throw missingToken();
  const access = authority.accept(token);
  if (access === undefined) throw invalidToken();
  if (access.scopes.some((scope) => scopes.has(scope))) return;
  throw new GoogleError(403, 'forbidden', 'PERMISSION_DENIED', 'User not authorized to perform this action.');
}

async function answer(endpoint: PubsubEndpoint, { httpMethod, pathname, bytes }: PubsubRequest): Promise<object> {
  const { subscriptions } = endpoint;
  const [, name = '', kind, verb = ''] = pubsubPath.exec(pathname) ?? [];
  const body: unknown = bytes.length === 0 ? {} : JSON.parse(bytes.toString());
  if (httpMethod === 'PUT' && kind === 'topics') {
    subscriptions.createTopic(name);
    return { name };
  }
  if (httpMethod === 'PUT') {
    const { topic } = bodies.subscription.parse(body);
    if (subscriptions.subscribe(name, topic)) return { name, topic, ackDeadlineSeconds };
    throw new GoogleError(
      409,
      'alreadyExists',
      'ALREADY_EXISTS',
      `Resource already exists in the project (resource=${name}).`,
    );
  }
  const topic = subscriptions.topicOf(name);
  if (topic === undefined) {
    throw new GoogleError(404, 'notFound', 'NOT_FOUND', `Resource not found (resource=${name.replace(/^.*\//, '')}).`);
  }
  switch (`${httpMethod} ${verb}`) {
    case 'GET ':
      return { name, topic, ackDeadlineSeconds };
    case 'POST pull': {
      const { maxMessages, returnImmediately } = bodies.pull.parse(body);
      const receivedMessages = await pull(endpoint, name, maxMessages, returnImmediately ? 0 : endpoint.pullMs());
      return receivedMessages.length === 0 ? {} : { receivedMessages };
    }
    case 'POST acknowledge':
      subscriptions.acknowledge(name, bodies.acknowledge.parse(body).ackIds);
      return {};
    case 'POST modifyAckDeadline': {
      const change = bodies.modifyAckDeadline.parse(body);
      subscriptions.extend(name, change.ackIds, change.ackDeadlineSeconds);
      return {};
    }
    default:
      throw new GoogleError(404, 'notFound', 'NOT_FOUND', 'Method not found.');
  }
}

async function pull(
  { subscriptions, notice, signal }: PubsubEndpoint,
  subscription: string,
  most: number,
  longestMs: number,
) {
  const startedMs = performance.now();
  for (;;) {
    await notice();
    const messages = subscriptions.pull(subscription, most);
    if (messages.length > 0 || performance.now() - startedMs >= longestMs) return messages;
    const published = Promise.withResolvers<void>();
    subscriptions.onPublished(published.resolve);
    await Promise.race([published.promise, wait(lookMs, undefined, { signal })]);
  }
}
