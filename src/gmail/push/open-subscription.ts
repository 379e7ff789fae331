import * as z from 'zod';
import type { PubsubConfiguration } from '../../core/configuration.ts';
import { AppError } from '../../core/errors.ts';
import { createHttpClient, type HttpResponse } from '../../core/egress/http-client.ts';
import { certificateHint, describeFailure, HttpFailure } from '../../core/egress/http-failure.ts';
import { readGoogleErrorBody } from '../channel/google-error-body.ts';
import { oauthEndpoints } from '../login/oauth-endpoints.ts';
import { serviceAccountTokens } from './service-account-tokens.ts';

/** What Gmail publishes: whose mailbox has changed, and where its history stands. It may come twice, late or out of order. */
export interface Notice {
  /** To be acknowledged by, within ten seconds or what the subscription says. */
  readonly ackId: string;
  /** In lower case; undefined for a message that is none of Gmail's. */
  readonly emailAddress?: string;
  readonly historyId?: string;
}

/** A subscription to pull notices from. Every method throws `UNAVAILABLE`, `FORBIDDEN`, `NOT_FOUND` and `REAUTH_REQUIRED`. */
export interface Subscription {
  /** Waits for notices: up to a minute and a half, then there are none. */
  pull(most: number, signal: AbortSignal): Promise<readonly Notice[]>;
  /** Says that notices need not come again. */
  acknowledge(ackIds: readonly string[]): Promise<void>;
  /** The topic that the subscription is of. */
  topic(): Promise<string>;
  close(): void;
}

const scope = 'https://www.googleapis.com/auth/pubsub';
const timeoutMs = 15_000;
/** Google answers a pull without messages after 90 seconds at most. */
const pullTimeoutMs = 100_000;

const received = z.object({
  receivedMessages: z
    .array(z.object({ ackId: z.string(), message: z.object({ data: z.string().default('') }).default({ data: '' }) }))
    .default([]),
});
const subscriptionSchema = z.object({ topic: z.string() });
const noticeSchema = z.object({
  emailAddress: z.string(),
  historyId: z.union([z.string(), z.number()]).transform(String),
});

/** Opens a subscription of Cloud Pub/Sub over plain REST (cloud.google.com/pubsub/docs/reference/rest). */
export function openSubscription(
  { subscription, keyFile, rootUrl }: PubsubConfiguration,
  { oauthRootUrl, now }: { readonly oauthRootUrl: string; readonly now: () => number },
): Subscription {
  const http = createHttpClient();
  const { tokenUrl } = oauthEndpoints(oauthRootUrl);
  const tokens = serviceAccountTokens({ keyFile, scopes: [scope], tokenUrl, http, now });

  async function exchange(method: 'GET' | 'POST', verb: string, body: object | undefined, signal?: AbortSignal) {
    const url = new URL(`/v1/${subscription}${verb}`, rootUrl);
    try {
      return await http.exchange({
        method,
        url,
        headers: {
          authorization: `Bearer ${await tokens.obtain()}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        timeoutMs: verb === ':pull' ? pullTimeoutMs : timeoutMs,
        ...(signal === undefined ? {} : { signal }),
      });
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof HttpFailure)) throw error;
      const hint = error.kind === 'certificate' ? certificateHint : 'Check the network; it is tried again.';
      throw new AppError('UNAVAILABLE', `Pub/Sub at ${url.origin} failed: ${describeFailure(error)}.`, { hint }, error);
    }
  }

  async function call<T>(
    schema: z.ZodType<T>,
    ...[method, verb, body, signal]: Parameters<typeof exchange>
  ): Promise<T> {
    let response = await exchange(method, verb, body, signal);
    if (response.status === 401) {
      tokens.refuse();
      response = await exchange(method, verb, body, signal);
    }
    if (response.status !== 200) throw refusal(response);
    return schema.parse(JSON.parse(Buffer.from(response.body).toString() || '{}'));
  }

  function refusal({ status, body }: HttpResponse): AppError {
    const { message } = readGoogleErrorBody(body);
    const got = `HTTP ${status}${message === '' ? '' : `: ${message}`}`;
    switch (status) {
      case 401:
      case 403:
        return new AppError('FORBIDDEN', `${tokens.clientEmail()} may not pull ${subscription}.`, {
          field: 'GMAIL_PUBSUB_KEY_FILE',
          expected:
            'a service account with the role "Pub/Sub Subscriber" (roles/pubsub.subscriber) on the subscription',
          got,
          hint: 'Grant it in the Google Cloud console, under "Pub/Sub", "Subscriptions", "Permissions".',
        });
      case 404:
        return new AppError('NOT_FOUND', `There is no subscription ${subscription}.`, {
          field: 'GMAIL_PUBSUB_SUBSCRIPTION',
          got,
          hint: 'Make it in the Google Cloud console, of the kind "pull", on the topic in GMAIL_PUBSUB_TOPIC.',
        });
      default:
        return new AppError('UNAVAILABLE', `Pub/Sub refused a request about ${subscription}.`, { got });
    }
  }

  return {
    async pull(most, signal) {
      const { receivedMessages } = await call(received, 'POST', ':pull', { maxMessages: most }, signal);
      return receivedMessages.map(({ ackId, message: { data } }) => ({ ackId, ...readNotice(data) }));
    },
    async acknowledge(ackIds) {
      await call(z.unknown(), 'POST', ':acknowledge', { ackIds });
    },
    topic: async () => (await call(subscriptionSchema, 'GET', '', undefined)).topic,
    close: () => http.close(),
  };
}

function readNotice(data: string): Omit<Notice, 'ackId'> {
  try {
    const { emailAddress, historyId } = noticeSchema.parse(JSON.parse(Buffer.from(data, 'base64').toString()));
    return { emailAddress: emailAddress.toLowerCase(), historyId };
  } catch {
    // Anybody who may publish to the topic can put anything there.
    return {};
  }
}
