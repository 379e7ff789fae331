import { createHash } from 'node:crypto';
import type { Actor } from '../../core/actor.ts';
import type { MessageToSend } from '../../store/outbox/message-to-send.ts';
import type { OutboxEntry } from '../../store/outbox/outbox-entry.ts';

/** How long a client's own call id stands for a key: a client that repeats a call does so soon. */
const callIdMs = 10 * 60 * 1000;

/** What a repeated send is recognised by, and for how long. */
export interface SendKey {
  readonly key: string | undefined;
  readonly keyMs: number;
  /** What 0.2 kept the same key as, which it shared among all tokens: counts for an entry of the same token. */
  readonly sharedKey?: string;
}

/** The caller's key, which is no other token's; else the client's own id of the call with what it asked for; else nothing. */
export function sendKeyOf(actor: Actor, message: MessageToSend, given: string | undefined): SendKey {
  if (given !== undefined) {
    const sharedKey = `key ${given}`;
    // As long as there is an entry.
    const keyMs = Number.POSITIVE_INFINITY;
    if (actor.tokenName === undefined) return { key: sharedKey, keyMs };
    return { key: `own ${JSON.stringify([actor.tokenName, given])}`, keyMs, sharedKey };
  }
  if (actor.callId === undefined) return { key: undefined, keyMs: 0 };
  const asked = JSON.stringify([actor.callId, message.contentHash]);
  return { key: `call ${createHash('sha256').update(asked).digest('hex')}`, keyMs: callIdMs };
}

/** Whether an entry was asked for by this key of this token. */
export function isKeyOf(entry: Pick<OutboxEntry, 'key' | 'actor'>, { key, sharedKey }: SendKey, actor: Actor): boolean {
  if (entry.key === undefined) return false;
  return entry.key === key || (entry.key === sharedKey && entry.actor.tokenName === actor.tokenName);
}
