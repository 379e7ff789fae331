import type { Grant } from '../../core/grants.ts';
import { AppError } from '../../core/errors.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { OutboxEntry } from '../../store/outbox/outbox-entry.ts';
import type { OutboxStore } from '../../store/outbox/outbox-store.ts';
import type { Actor } from '../../core/actor.ts';
import type { AuditLog, UndoableChange } from '../../store/audit/audit-log.ts';
import type { Changes } from './apply-changes.ts';
import { isDryRun, type DryRun } from './dry-run.ts';
import { readInverse } from './stored-inverse.ts';

/** A change that was taken back. */
export interface UndoResult {
  /** Sequence of the change in the audit log, or the outbox entry of a send that had not left yet. */
  readonly change: string;
  /** The operation that had made it. */
  readonly operation: string;
  /** What is so again, in a sentence. */
  readonly text: string;
}

/** What undoing works on; `outbox` only where something was ever sent. */
export interface UndoParts {
  readonly changes: Pick<Changes, 'grantsFor' | 'applyInverse'>;
  readonly account: string;
  readonly actor: Actor;
  readonly grants: ReadonlySet<Grant>;
  readonly log: AuditLog;
  readonly outbox: { readonly outbox: Outbox; readonly store: OutboxStore } | undefined;
  /** Whether it is only shown. */
  readonly isDryRun: boolean;
}

/** A send of the caller that still waits and was asked for after the given moment. */
async function waitingSend({ account, actor, outbox }: UndoParts, afterMs: number): Promise<OutboxEntry | undefined> {
  const waiting = await outbox?.store.list({ states: ['waiting'], account, limit: 100 });
  return waiting?.find(
    (entry) =>
      entry.createdMs >= afterMs && (actor.tokenName === undefined || entry.actor.tokenName === actor.tokenName),
  );
}

/** Takes a send back that still waits; undefined when it has left meanwhile. */
async function cancelSend(
  { actor, outbox, isDryRun }: UndoParts,
  entry: OutboxEntry,
): Promise<UndoResult | DryRun | undefined> {
  const { id, operation, message } = entry;
  const { to, cc, bcc, subject } = message;
  if (isDryRun) {
    const target = { outboxId: id, to, cc, bcc, subject };
    return { kind: 'dryRun', change: { method: 'cancelSend', target, from: 'waiting' } };
  }
  try {
    await outbox?.outbox.cancel(id, { actor, operation: 'undo' });
  } catch (error) {
    if (error instanceof AppError && error.code === 'CONFLICT') return undefined;
    throw error;
  }
  return { change: id, operation, text: `The message "${subject}" was taken back before it left.` };
}

const hint = 'Sent mail and deleted messages cannot be taken back; other changes once, by who made them, for 30 days.';

function cannotUndo(sequence: number): AppError {
  return new AppError('NOT_FOUND', `The change ${sequence} cannot be taken back.`, {
    field: 'change',
    got: String(sequence),
    hint,
  });
}

/** The change of a sequence, or the caller's last. Throws `NOT_FOUND`: taking back one before the last would surprise. */
async function changeToUndo({ log, account, actor }: UndoParts, sequence: number | undefined): Promise<UndoableChange> {
  const by = { account, tokenName: actor.tokenName };
  if (sequence !== undefined) {
    const named = await log.findUndoable({ ...by, sequence });
    if (named === undefined) throw cannotUndo(sequence);
    return named;
  }
  const change = await log.findUndoable(by);
  const newest = await log.newestChange(by);
  if (change !== undefined && newest?.sequence === change.sequence) return change;
  if (newest === undefined) throw new AppError('NOT_FOUND', 'There is no change to take back.', { hint });
  throw new AppError('NOT_FOUND', `The last change, ${newest.operation} (${newest.sequence}), cannot be taken back.`, {
    hint:
      change === undefined
        ? hint
        : `Before it was ${change.operation}: give change ${change.sequence} to take that back.`,
  });
}

/** Claims the change first, so that of two who come at once only one takes it back. */
async function undoClaimed(
  { changes, log }: UndoParts,
  { sequence, inverse }: UndoableChange,
): Promise<string | DryRun> {
  if (!(await log.markUndone(sequence))) throw cannotUndo(sequence);
  try {
    return await changes.applyInverse(readInverse(inverse));
  } catch (error) {
    await log.markNotUndone(sequence);
    throw error;
  }
}

/**
 * Takes back the change of this sequence, or the caller's last: of labels, drafts, filters and settings, or a send that
 * has not left yet. Throws `NOT_FOUND` when there is none or it cannot be taken back, `FORBIDDEN` without the grant that
 * making it needed, `CONFLICT` where somebody has gone on from it.
 */
export async function undo(parts: UndoParts, sequence: number | undefined): Promise<UndoResult | DryRun> {
  const { changes, account, actor, grants, log } = parts;
  if (sequence === undefined) {
    const last = await log.findUndoable({ account, tokenName: actor.tokenName });
    const waiting = await waitingSend(parts, last === undefined ? 0 : Date.parse(last.at));
    const cancelled = waiting === undefined ? undefined : await cancelSend(parts, waiting);
    if (cancelled !== undefined) return cancelled;
  }
  const change = await changeToUndo(parts, sequence);
  const inverse = readInverse(change.inverse);
  const grant = changes.grantsFor(inverse).find((needed) => !grants.has(needed));
  if (grant !== undefined) {
    throw new AppError('FORBIDDEN', `Taking back ${change.operation} needs the grant "${grant}".`, {
      expected: grant,
      got: [...grants].join(', '),
      hint: 'A token and GMAIL_GRANTS must both have it: see `gmail-llm token` and the variable GMAIL_GRANTS.',
    });
  }
  const text = await (parts.isDryRun ? changes.applyInverse(inverse) : undoClaimed(parts, change));
  if (isDryRun(text)) return text;
  return { change: String(change.sequence), operation: change.operation, text };
}
