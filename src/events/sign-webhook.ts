import { createHmac, randomBytes } from 'node:crypto';
import type { WebhookSecret } from '../store/webhooks/webhook.ts';

const prefix = 'whsec_';
/** Standard Webhooks wants 24 to 64 bytes. */
const secretBytes = 32;
/** How long a secret that was replaced goes on signing, so that a receiver can change over. */
export const overlapMs = 24 * 60 * 60 * 1000;

/** A new secret, in the form of Standard Webhooks: `whsec_` and base64. */
export function makeSecret(random: (bytes: number) => Buffer = randomBytes): string {
  return prefix + random(secretBytes).toString('base64');
}

/** The secrets with a new one in front; the one before goes on signing for {@link overlapMs}, older ones end. */
export function rotateSecrets(
  secrets: readonly WebhookSecret[],
  secret: string,
  nowMs: number,
): readonly WebhookSecret[] {
  const [current] = secrets;
  return current === undefined ? [{ secret }] : [{ secret }, { secret: current.secret, untilMs: nowMs + overlapMs }];
}

/**
 * The headers of a delivery (github.com/standard-webhooks/standard-webhooks, spec): an id that is the same for every
 * attempt, the time of this one in seconds, and a signature for each secret that is in force.
 */
export function signedHeaders(
  { id, body, nowMs }: { readonly id: string; readonly body: string; readonly nowMs: number },
  secrets: readonly WebhookSecret[],
): Readonly<Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>> {
  const timestamp = String(Math.floor(nowMs / 1000));
  const signatures = secrets
    .filter(({ untilMs }) => untilMs === undefined || untilMs > nowMs)
    .map(({ secret }) => {
      const key = Buffer.from(secret.slice(prefix.length), 'base64');
      return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
    });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}
