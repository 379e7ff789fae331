import { createHash } from 'node:crypto';
import type { Actor } from '../../core/actor.ts';
import type { MessageToSend } from '../../store/outbox/message-to-send.ts';

/** How long a client's own call id stands for a key: a client that repeats a call does so soon. */
const callIdMs = 10 * 60 * 1000;

/** What a repeated send is recognised by, and for how long. */
export interface SendKey {
  readonly key: string | undefined;
  readonly keyMs: number;
}

/** The caller's key; else the client's own id of the call with what it asked for; else nothing. */
export function sendKeyOf(actor: Actor, message: MessageToSend, given: string | undefined): SendKey {
  // As long as there is an entry.
  if (given !== undefined) return { key: `key ${given}`, keyMs: Number.POSITIVE_INFINITY };
  if (actor.callId === undefined) return { key: undefined, keyMs: 0 };
  const asked = JSON.stringify([actor.callId, message.contentHash]);
  return { key: `call ${createHash('sha256').update(asked).digest('hex')}`, keyMs: callIdMs };
}
