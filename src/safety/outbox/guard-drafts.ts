import { AppError } from '../../core/errors.ts';
import type { Mailbox } from '../../mail/mailbox.ts';

/**
 * A mailbox whose drafts cannot be changed or deleted while the outbox sends them, or has to find out whether it did:
 * what leaves stays what policy and people have seen. Throws `CONFLICT`. `isInWork` is `isDraftInWork` of
 * the store.
 */
export function guardDrafts(mailbox: Mailbox, isInWork: (account: string, draftId: string) => boolean): Mailbox {
  function refuseInWork(id: string): void {
    if (!isInWork(mailbox.emailAddress, id)) return;
    throw new AppError('CONFLICT', `The draft ${id} is being sent, or may have been; nothing was changed.`, {
      field: 'id',
      got: id,
      hint: '`gmail-llm outbox` shows what becomes of it.',
    });
  }

  return {
    ...mailbox,
    async updateDraft(id, message) {
      refuseInWork(id);
      return mailbox.updateDraft(id, message);
    },
    async deleteDraft(id) {
      refuseInWork(id);
      return mailbox.deleteDraft(id);
    },
  };
}
