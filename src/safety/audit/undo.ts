import type { Grant } from '../../core/configuration.ts';
import { AppError } from '../../core/errors.ts';
import type { MailboxWriter } from '../../mail/mailbox.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { OutboxStore } from '../outbox/outbox-store.ts';
import type { Actor } from '../sending.ts';
import type { AuditLog, UndoableChange } from './audit-log.ts';
import type { Inverse } from './inverse.ts';
import { undoChange } from './undo-change.ts';

/** A change that was taken back. */
export interface Undone {
  /** Sequence of the change in the audit log, or the outbox entry of a send that had not left yet. */
  readonly change: string;
  /** The operation that had made it. */
  readonly operation: string;
  /** What is so again, in a sentence. */
  readonly text: string;
}

/** What may be taken back needs the same grant as making it. */
function grantFor(inverse: Inverse): Grant {
  switch (inverse.kind) {
    case 'modifyMessages':
    case 'deleteLabel':
    case 'updateLabel':
    case 'createLabel':
      return 'organize';
    case 'deleteDraft':
    case 'updateDraft':
    case 'createDraft':
      return 'draft';
    case 'deleteFilter':
    case 'createFilter':
    case 'updateSetting':
    case 'updateSendAs':
    case 'deleteSendAs':
    case 'createSendAs':
    case 'deleteForwardingAddress':
    case 'createForwardingAddress':
    case 'deleteDelegate':
    case 'createDelegate':
      return 'settings';
  }
}

/** What undoing works on; `outbox` only where something was ever sent. */
export interface UndoParts {
  readonly mailbox: MailboxWriter;
  readonly account: string;
  readonly actor: Actor;
  readonly grants: ReadonlySet<Grant>;
  readonly log: AuditLog;
  readonly outbox: { readonly outbox: Outbox; readonly store: OutboxStore } | undefined;
}

/** A send of the caller that still waits and was asked for after the given moment. */
function waitingSend({ account, actor, outbox }: UndoParts, afterMs: number) {
  return outbox?.store
    .list({ states: ['waiting'], limit: 100 })
    .find(
      (entry) =>
        entry.account === account &&
        entry.createdMs >= afterMs &&
        (actor.tokenName === undefined || entry.actor.tokenName === actor.tokenName),
    );
}

function nothingToUndo(sequence: number | undefined): AppError {
  return new AppError(
    'NOT_FOUND',
    sequence === undefined ? 'There is no change to take back.' : `The change ${sequence} cannot be taken back.`,
    {
      ...(sequence === undefined ? {} : { field: 'change', got: String(sequence) }),
      hint: 'Sent mail and deleted messages cannot be taken back; other changes once, by who made them, for 30 days.',
    },
  );
}

async function undoClaimed(mailbox: MailboxWriter, log: AuditLog, change: UndoableChange): Promise<string> {
  try {
    return await undoChange(mailbox, change.inverse);
  } catch (error) {
    log.markNotUndone(change.sequence);
    throw error;
  }
}

/**
 * Takes back the change of this sequence, or the caller's last: of labels, drafts, filters and settings, or a send that
 * has not left yet. Throws `NOT_FOUND` when there is none, `FORBIDDEN` without the grant that making it needed,
 * `CONFLICT` where somebody has gone on from it.
 */
export async function undo(parts: UndoParts, sequence: number | undefined): Promise<Undone> {
  const { mailbox, account, actor, grants, log, outbox } = parts;
  const change = log.findUndoable({
    account,
    tokenName: actor.tokenName,
    ...(sequence === undefined ? {} : { sequence }),
  });
  const waiting =
    sequence === undefined ? waitingSend(parts, change === undefined ? 0 : Date.parse(change.at)) : undefined;
  if (waiting !== undefined && outbox?.outbox.cancel(waiting.id) === true) {
    return {
      change: waiting.id,
      operation: waiting.operation,
      text: `The message "${waiting.message.subject}" was taken back before it left.`,
    };
  }
  if (change === undefined) throw nothingToUndo(sequence);
  const grant = grantFor(change.inverse);
  if (!grants.has(grant)) {
    throw new AppError('FORBIDDEN', `Taking back ${change.operation} needs the grant "${grant}".`, {
      expected: grant,
      got: [...grants].join(', '),
      hint: 'A token and GMAIL_GRANTS must both have it: see `gmail-llm token` and the variable GMAIL_GRANTS.',
    });
  }
  // Claimed before, so that of two who come at once only one takes it back.
  if (!log.markUndone(change.sequence)) throw nothingToUndo(sequence);
  const text = await undoClaimed(mailbox, log, change);
  return { change: String(change.sequence), operation: change.operation, text };
}
