import * as z from 'zod';
import type { ChangedMessage, HistoryRecord } from '../../mail/mailbox.ts';
import type { MailWriter } from '../../store/mail/mail-store.ts';
import { forgetKept, readKept, writeKept, type KeptKind } from './kept-values.ts';
import { makeVerifiedDue } from './mirror-state.ts';

/** A draft and the message that it has now. */
export interface DraftLink {
  readonly id: string;
  readonly messageId: string;
}

/** The drafts of an account in Gmail's order: the one that was changed last first. */
export const keptDrafts: KeptKind<readonly DraftLink[]> = {
  name: 'drafts',
  schema: z.array(z.object({ id: z.string(), messageId: z.string() })),
};

const isDraft = ({ labelIds }: Pick<ChangedMessage, 'labelIds'>): boolean => labelIds.includes('DRAFT');

/** Forgets the drafts where the records speak of some: no history says which draft a message belongs to. */
export async function forgetChangedDrafts(rows: MailWriter, records: readonly HistoryRecord[]): Promise<void> {
  const known = await readKept(rows, keptDrafts);
  if (known === undefined) return;
  const messageIds = new Set(known.value.map(({ messageId }) => messageId));
  const isOfDraft = (message: ChangedMessage): boolean => isDraft(message) || messageIds.has(message.id);
  const speaksOfDrafts = records.some(
    ({ messages, messagesAdded = [], messagesDeleted = [], labelsAdded = [], labelsRemoved = [] }) =>
      messagesAdded.some(({ message }) => isDraft(message)) ||
      messagesDeleted.some(({ message }) => isOfDraft(message)) ||
      [...labelsAdded, ...labelsRemoved].some(isDraft) ||
      // Gmail says of some changes only which messages they are about.
      (messages ?? []).some(({ id }) => messageIds.has(id)),
  );
  if (speaksOfDrafts) await forgetKept(rows, keptDrafts);
}

/** Puts a draft first, with the message that it has now. The history has what became of the one before. */
export async function putDraftFirst(rows: MailWriter, link: DraftLink): Promise<void> {
  await makeVerifiedDue(rows);
  const known = await readKept(rows, keptDrafts);
  if (known === undefined) return;
  await writeKept(rows, keptDrafts, { ...known, value: [link, ...known.value.filter(({ id }) => id !== link.id)] });
}

/** Takes a draft away. The history has what became of its message. */
export async function removeDraft(rows: MailWriter, draftId: string): Promise<void> {
  await makeVerifiedDue(rows);
  const known = await readKept(rows, keptDrafts);
  if (known === undefined) return;
  await writeKept(rows, keptDrafts, { ...known, value: known.value.filter(({ id }) => id !== draftId) });
}
