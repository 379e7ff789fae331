import { baseSubject } from '../../mail/text/base-subject.ts';
import type { ParsedMail } from '../../mail/message.ts';
import type { MailRows } from '../../store/mail/mail-store.ts';
import { maxThreadMessages } from './follow-thread.ts';
import { findThread } from './find-thread.ts';

/**
 * The thread that a draft or a sent message joins, or `own`. Gmail's rule: it must refer to a message of the thread that
 * is asked for and have its base subject (developers.google.com/workspace/gmail/api/guides/threads).
 */
export async function joinableThread(
  rows: MailRows,
  threadId: string | undefined,
  { subject, references }: Pick<ParsedMail, 'subject' | 'references'>,
): Promise<number | 'own'> {
  const thread = threadId === undefined ? undefined : await findThread(rows, threadId);
  if (thread === undefined || thread.messagesTotal >= maxThreadMessages) return 'own';
  const wanted = new Set(references);
  const [messages = []] = await rows.messages.ofThreads([thread.key]);
  const isReply = messages.some(
    ({ messageId, summary }) => wanted.has(messageId) && baseSubject(summary.subject) === baseSubject(subject),
  );
  return isReply ? thread.key : 'own';
}
