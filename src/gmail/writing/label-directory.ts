import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import type { Label, LabelCounts } from '../../mail/message.ts';
import { freshMs } from '../../store/sqlite/mail-cache/standing.ts';
import { apiList } from '../client/api-schemas.ts';
import { ask, orNotFound } from '../client/ask.ts';
import type { GmailContext } from '../reading/gmail-context.ts';
import { userId } from '../reading/gmail-context.ts';
import { checkId, notFound } from '../reading/not-found.ts';

const color = z.object({ textColor: z.string(), backgroundColor: z.string() });

/** A label of Gmail's. */
export const apiLabel: z.ZodType<Label> = z.object({
  id: z.string(),
  name: z.string(),
  type: z.enum(['system', 'user']).catch('user'),
  messageListVisibility: z.enum(['show', 'hide']).exactOptional(),
  labelListVisibility: z.enum(['labelShow', 'labelShowIfUnread', 'labelHide']).exactOptional(),
  color: color.exactOptional(),
});

const count = z.int().optional().default(0);
const apiLabelCounts: z.ZodType<LabelCounts> = z.object({
  messagesTotal: count,
  messagesUnread: count,
  threadsTotal: count,
  threadsUnread: count,
});

/** The labels of a mailbox, in Gmail's order. */
export const apiLabelList = apiList(z.object({ labels: z.array(apiLabel).optional().default([]) }));

/** The labels of a mailbox, remembered for a moment. */
export interface LabelDirectory {
  /** System labels first. */
  list(): Promise<readonly Label[]>;
  /** Throws `NOT_FOUND`. */
  counts(id: string): Promise<LabelCounts>;
  /** The label of this id, looked up anew where it is not known. */
  find(id: string): Promise<Label | undefined>;
  /**
   * Throws `INVALID_INPUT` naming ids that are of no label, or of one that cannot be put on or taken off by hand: SENT,
   * DRAFT and CHAT, but for those in `allowed`.
   */
  check(ids: readonly string[], field: string, allowed?: readonly string[]): Promise<void>;
  /** The labels were changed by us. */
  forget(): void;
}

/** Labels that say what a message is, so that nobody puts them on or takes them off (Gmail's guide to labels). */
const fixedLabelIds: ReadonlySet<string> = new Set(['SENT', 'DRAFT', 'CHAT']);

/** The directory of one mailbox. */
export function createLabelDirectory({ client, share, nowMs }: GmailContext): LabelDirectory {
  let labels: readonly Label[] = [];
  let readMs = Number.NEGATIVE_INFINITY;

  async function read(): Promise<readonly Label[]> {
    const askedMs = nowMs();
    const found = await share('labels', () => ask(apiLabelList, client.users.labels.list({ userId })));
    labels = found.labels.toSorted((a, b) => Number(a.type === 'user') - Number(b.type === 'user'));
    readMs = askedMs;
    return labels;
  }

  const list = async (): Promise<readonly Label[]> => {
    const ageMs = nowMs() - readMs;
    return ageMs >= 0 && ageMs < freshMs ? labels : read();
  };

  return {
    list,
    async counts(id) {
      checkId('label', id);
      const request = client.users.labels.get({ userId, id });
      return orNotFound(ask(apiLabelCounts, request), () => notFound('label', id));
    },
    async find(id) {
      const find = (label: Label): boolean => label.id === id;
      return (await list()).find(find) ?? (await read()).find(find);
    },
    async check(ids, field, allowed = []) {
      const fixed = ids.filter((id) => fixedLabelIds.has(id) && !allowed.includes(id));
      if (fixed.length > 0) throw refused(field, `Labels that cannot be changed by hand: ${fixed.join(', ')}.`, fixed);
      const unknownIn = (known: readonly Label[]): readonly string[] =>
        ids.filter((id) => known.every((label) => label.id !== id));
      if (unknownIn(await list()).length === 0) return;
      const unknown = unknownIn(await read());
      if (unknown.length > 0) throw refused(field, `There is no label with the id ${unknown.join(', ')}.`, unknown);
    },
    forget() {
      readMs = Number.NEGATIVE_INFINITY;
    },
  };
}

function refused(field: string, message: string, ids: readonly string[]): AppError {
  return new AppError('INVALID_INPUT', message, {
    field,
    expected: 'ids that list_labels shows, without SENT, DRAFT and CHAT',
    got: ids.join(', '),
  });
}
