import { AppError } from '../../core/errors.ts';
import { isKeyOf, sendKeyOf } from '../../safety/outbox/send-key.ts';
import type { OutboxStore } from '../../store/outbox/outbox-store.ts';
import type { Actor } from '../../core/actor.ts';
import type { MessageToSend } from '../../store/outbox/message-to-send.ts';

/** Sends that are looked through for one of a draft that is gone. */
const maxLookedAt = 500;

/**
 * The message of a draft that is not in the mailbox any more because this very call, made before, has sent it: asking
 * for it again tells what came of it. Undefined where the outbox knows of no such draft; throws `CONFLICT` where another
 * call sent it.
 */
export async function findSentDraft(
  store: OutboxStore,
  account: string,
  draftId: string,
  call: { readonly actor: Actor; readonly idempotencyKey: string | undefined },
): Promise<MessageToSend | undefined> {
  const entries = await store.list({ limit: maxLookedAt });
  const entry = entries.find(
    (one) => one.account === account && one.isCallersDraft && one.progress.draftId === draftId,
  );
  if (entry === undefined) return undefined;
  const { id, contentHash, threadId, message, state, progress } = entry;
  // Its bytes are gone with it; a call that is known by its key needs them no more.
  const repeated: MessageToSend = {
    ...message,
    raw: new Uint8Array(),
    draftId,
    contentHash,
    ...(threadId === undefined ? {} : { threadId }),
  };
  if (isKeyOf(entry, sendKeyOf(call.actor, repeated, call.idempotencyKey), call.actor)) return repeated;
  if (state !== 'sent') return undefined;
  throw new AppError('CONFLICT', `The draft ${draftId} was sent already, as message ${progress.result?.id ?? '?'}.`, {
    field: 'id',
    got: draftId,
    hint: `\`gmail-llm outbox show ${id}\` shows it.`,
  });
}
