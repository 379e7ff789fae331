import * as z from 'zod';
import { fence } from '../kernel/answer-text.ts';
import { defineHomeOperation } from '../kernel/define-home-operation.ts';
import type { HomeCall } from '../kernel/home-call.ts';
import { requireGrant } from '../kernel/require-grant.ts';
import { entryText } from './outbox-text.ts';
import { requirePerson } from './require-person.ts';
import { findEntry, outboxEntry, outboxId, viewEntry, type OutboxEntryView } from './outbox-view.ts';

const decided = {
  grant: 'admin',
  output: outboxEntry,
  text: (entry: OutboxEntryView) => fence('outbox entry', entryText(entry)),
} as const;

const isPending = ({ state }: OutboxEntryView): boolean => state !== 'sent';

/** An entry with what its sending needs. Throws `NOT_FOUND`. */
async function senderOf(id: string, call: HomeCall, operation: string) {
  const entry = await findEntry(id, call);
  const mailbox = await call.services.accounts.open(entry.account);
  return { mailbox, reader: mailbox, actor: call.actor, operation };
}

export const approveSend = defineHomeOperation({
  ...decided,
  name: 'approve_send',
  route: 'POST /api/admin/outbox/{id}/approve',
  summary: 'Send a message as a person has seen it, parked or failed. No token may.',
  input: { id: outboxId, contentHash: z.string().min(1).max(128).describe('Of the message that was seen.') },
  isDestructive: true,
  isPending,
  async run({ id, contentHash }, call) {
    requirePerson(call);
    const sender = await senderOf(id, call, 'approve_send');
    await call.services.safety.outbox().approve(id, contentHash, sender);
    return viewEntry(await findEntry(id, call));
  },
});

export const rejectSend = defineHomeOperation({
  ...decided,
  name: 'reject_send',
  route: 'POST /api/admin/outbox/{id}/reject',
  summary: 'Refuse a message that waits for approval: it will not be sent.',
  input: {
    id: outboxId,
    reason: z.string().min(1).max(500).exactOptional().describe('What whoever asked for it is told.'),
  },
  async run({ id, reason }, call) {
    await findEntry(id, call);
    await call.services.safety.outbox().reject(id, { actor: call.actor, operation: 'reject_send' }, reason);
    return viewEntry(await findEntry(id, call));
  },
});

export const cancelSend = defineHomeOperation({
  ...decided,
  name: 'cancel_send',
  route: 'POST /api/admin/outbox/{id}/cancel',
  toolset: 'admin',
  summary: 'Take back a message that still waits for its time.',
  input: { id: outboxId },
  async run({ id }, call) {
    await findEntry(id, call);
    await call.services.safety.outbox().cancel(id, { actor: call.actor, operation: 'cancel_send' });
    return viewEntry(await findEntry(id, call));
  },
});

export const retrySend = defineHomeOperation({
  ...decided,
  name: 'retry_send',
  route: 'POST /api/admin/outbox/{id}/retry',
  toolset: 'admin',
  summary: 'Try a message again that certainly was not sent, as the policy now has it.',
  input: { id: outboxId },
  isDestructive: true,
  isPending,
  async run({ id }, call) {
    // Where no person has to approve it, it leaves.
    requireGrant('retry_send', 'send', call.caller);
    const sender = await senderOf(id, call, 'retry_send');
    await call.services.safety.outbox().retry(id, sender);
    return viewEntry(await findEntry(id, call));
  },
});
