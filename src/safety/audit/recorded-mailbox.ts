import { AppError, messageOf } from '../../core/errors.ts';
import type { Mailbox, MailboxWriter } from '../../mail/mailbox.ts';
import type { Label } from '../../mail/message.ts';
import type { Actor } from '../sending.ts';
import type { AuditLog } from './audit-log.ts';
import { base64, groupApplied, labelFieldsOf, reversed, shownDraft, shownMessage } from './change-facts.ts';
import { dryRunChecks } from './dry-run-checks.ts';
import type { Inverse } from './inverse.ts';
import { recordSettings } from './recorded-settings.ts';

/** How many messages, the newest, a deleted label is put back on. */
const maxRelabelled = 500;

/** One change as its method describes it. */
interface Change<T> {
  readonly method: keyof MailboxWriter;
  readonly target: unknown;
  readonly from?: unknown;
  readonly make: () => Promise<T>;
  /** Throws what the mailbox would refuse; asked where the change is only shown. */
  readonly check?: () => Promise<void>;
  /** How it is afterwards; by default what the method answered. */
  readonly to?: (result: T) => unknown;
  readonly inverse?: (result: T) => Inverse | undefined;
}

/** What is done with a change: it is made and written down, or only shown. */
export type Recorder = <T>(change: Change<T>) => Promise<T>;

/** Makes every change, written down before and after. */
export function logRecorder(
  log: AuditLog,
  by: { readonly account: string; readonly actor: Actor; readonly operation: string },
): Recorder {
  return async ({ method, target, from, make, to, inverse }) => {
    const sequence = log.begin({ ...by, method, target, from: from ?? null });
    try {
      const result = await make();
      const takenBack = inverse?.(result);
      log.end(sequence, {
        kind: 'done',
        to: (to === undefined ? result : to(result)) ?? null,
        ...(takenBack === undefined ? {} : { inverse: takenBack }),
      });
      return result;
    } catch (error) {
      const code = error instanceof AppError ? error.code : 'INTERNAL';
      // A change that was cut off may have been made all the same.
      const isOpen = code === 'OUTCOME_UNKNOWN' || code === 'UNAVAILABLE' || code === 'INTERNAL';
      log.end(sequence, { kind: isOpen ? 'unknown' : 'failed', code, message: messageOf(error) });
      throw error;
    }
  };
}

/** What a dry run would have changed; thrown in place of making the change. */
export class DryRunEnd extends Error {
  readonly change: { readonly method: string; readonly target: unknown; readonly from: unknown };

  constructor(method: string, target: unknown, from: unknown) {
    super(`dry run: ${method} was not made`);
    this.name = 'DryRunEnd';
    this.change = { method, target, from: from ?? null };
  }
}

/** Makes no change: the call ends with a {@link DryRunEnd} that says which it would have been, or as it would be refused. */
export const dryRunRecorder: Recorder = async ({ method, target, from, check }) => {
  await check?.();
  throw new DryRunEnd(method, target, from);
};

/**
 * A mailbox whose every change goes through a recorder, with what it was and what takes it back. Reading costs nothing
 * more; a change reads first what it replaces. Sends are recorded by the outbox.
 */
export function recordChanges(mailbox: Mailbox, record: Recorder): Mailbox {
  async function labelNamed(id: string): Promise<Label | undefined> {
    return (await mailbox.listLabels()).find((label) => label.id === id);
  }

  /** The newest messages that have a label, and whether there are more. */
  async function messagesWith({ id, name }: Label): Promise<{ readonly ids: string[]; readonly hasMore: boolean }> {
    const query = { kind: 'label', label: name } as const;
    const page = { maxResults: maxRelabelled, includeSpamTrash: true };
    const { messages, nextPageToken } = await mailbox.searchMessages({ query, ...page });
    // A search takes names that differ only in how they are written for the same.
    const ids = messages.filter(({ labelIds }) => labelIds.includes(id)).map((message) => message.id);
    return { ids, hasMore: nextPageToken !== undefined };
  }

  const checks = dryRunChecks(mailbox);

  return {
    ...mailbox,
    modifyMessages: (change) =>
      record({
        method: 'modifyMessages',
        check: () => checks.modifyMessages(change),
        target: change,
        make: () => mailbox.modifyMessages(change),
        to: groupApplied,
        inverse: (applied) => ({ kind: 'modifyMessages', changes: reversed(groupApplied(applied)) }),
      }),
    deleteMessages: (ids) =>
      record({
        method: 'deleteMessages',
        check: () => checks.deleteMessages(ids),
        target: { ids },
        make: () => mailbox.deleteMessages(ids),
      }),
    importMessage: (message) =>
      record({
        method: 'importMessage',
        check: () => checks.importMessage(message),
        target: { sizeBytes: message.raw.byteLength, labelIds: message.labelIds },
        make: () => mailbox.importMessage(message),
        inverse: ({ id, labelIds }) => ({
          kind: 'modifyMessages',
          changes: [
            { ids: [id], addLabelIds: ['TRASH'], removeLabelIds: labelIds.filter((label) => label === 'INBOX') },
          ],
        }),
      }),
    createLabel: (fields) =>
      record({
        method: 'createLabel',
        check: () => checks.createLabel(fields),
        target: fields,
        make: () => mailbox.createLabel(fields),
        inverse: (label) => ({ kind: 'deleteLabel', id: label.id, expected: labelFieldsOf(label) }),
      }),
    async updateLabel(id, fields) {
      const before = await labelNamed(id);
      return record({
        method: 'updateLabel',
        check: () => checks.updateLabel(id, fields),
        target: { id, ...fields },
        from: before,
        make: () => mailbox.updateLabel(id, fields),
        inverse: (after) =>
          before && { kind: 'updateLabel', id, fields: labelFieldsOf(before), expected: labelFieldsOf(after) },
      });
    },
    async deleteLabel(id) {
      const before = await labelNamed(id);
      const { ids, hasMore } = before?.type === 'user' ? await messagesWith(before) : { ids: [], hasMore: false };
      return record({
        method: 'deleteLabel',
        check: () => checks.deleteLabel(id),
        target: { id },
        from: before && { ...before, messages: `${hasMore ? 'more than ' : ''}${ids.length}` },
        make: () => mailbox.deleteLabel(id),
        inverse: () =>
          before && { kind: 'createLabel', fields: labelFieldsOf(before), messageIds: ids, hadMore: hasMore },
      });
    },
    createDraft: (message) =>
      record({
        method: 'createDraft',
        check: () => checks.createDraft(message),
        target: shownMessage(message),
        make: () => mailbox.createDraft(message),
        to: ({ id, message: summary }) => ({ id, ...shownDraft(summary) }),
        inverse: ({ id, message: { id: expected } }) => ({ kind: 'deleteDraft', id, expected }),
      }),
    async updateDraft(id, message) {
      const before = await mailbox.getDraft(id);
      const { raw, summary } = before.message;
      return record({
        method: 'updateDraft',
        check: () => checks.updateDraft(message),
        target: { id, ...shownMessage(message) },
        from: { ...shownDraft(summary), sizeBytes: raw.byteLength },
        make: () => mailbox.updateDraft(id, message),
        to: ({ message: changed }) => ({ id, ...shownDraft(changed) }),
        inverse: ({ message: { id: expected } }) => ({
          kind: 'updateDraft',
          id,
          rawBase64: base64(raw),
          threadId: summary.threadId,
          expected,
        }),
      });
    },
    async deleteDraft(id) {
      const { raw, summary } = (await mailbox.getDraft(id)).message;
      return record({
        method: 'deleteDraft',
        target: { id },
        from: { ...shownDraft(summary), sizeBytes: raw.byteLength },
        make: () => mailbox.deleteDraft(id),
        inverse: () => ({ kind: 'createDraft', rawBase64: base64(raw), threadId: summary.threadId }),
      });
    },
    ...recordSettings(mailbox, record),
  };
}
