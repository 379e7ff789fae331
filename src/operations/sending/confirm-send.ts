import { AppError } from '../../core/errors.ts';
import type { OutboxEntry } from '../../store/outbox/outbox-entry.ts';
import type { Outbox, Sender } from '../../safety/outbox/outbox.ts';
import { outcomeOf } from '../../safety/outbox/send-outcome.ts';
import type { MessageToSend } from '../../store/outbox/message-to-send.ts';
import type { SendOutcome } from '../../safety/sending.ts';

/** A message that waits for a person, as that person is shown it. */
export interface ParkedSend {
  readonly outboxId: string;
  readonly message: MessageToSend;
}

/**
 * Asks the person at the other end of the connection. `undecided` where nobody has answered: the message stays parked, and can
 * still be approved elsewhere.
 */
export type Confirm = (parked: ParkedSend) => Promise<'accept' | 'decline' | 'undecided'>;

/**
 * Has a message sent; where policy parks it and the client can ask a person, as that person decides. Throws as
 * `Sending.send`: what was declined is `FORBIDDEN`, now and when it is asked for again.
 */
export async function sendConfirmed(
  outbox: Outbox,
  sender: Sender,
  message: MessageToSend,
  {
    confirm,
    entryOf,
    ...options
  }: {
    readonly idempotencyKey?: string;
    readonly confirm?: Confirm | undefined;
    readonly entryOf: (outboxId: string) => Promise<OutboxEntry | undefined>;
  },
): Promise<SendOutcome> {
  const outcome = await outbox.send(sender, message, options);
  if (outcome.state !== 'parked' || confirm === undefined) return outcome;
  const { outboxId, contentHash } = outcome;
  const decision = await confirm({ outboxId, message });
  if (decision === 'undecided') return outcome;
  try {
    if (decision === 'accept') return await outbox.approve(outboxId, contentHash, sender);
    await outbox.reject(outboxId, sender);
  } catch (error) {
    // Somebody else has decided meanwhile, and that counts.
    if (!(error instanceof AppError) || error.code !== 'CONFLICT') throw error;
  }
  const decided = await entryOf(outboxId);
  return decided === undefined ? outcome : outcomeOf(decided);
}
