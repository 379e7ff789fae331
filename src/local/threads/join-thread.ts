import { baseSubject } from '../../mail/text/base-subject.ts';
import type { ParsedMail } from '../../mail/message.ts';
import type { MailRows } from '../../store/mail/mail-store.ts';
import { maxThreadMessages } from './follow-thread.ts';
import { findThread } from './find-thread.ts';

/**
 * The thread that a draft or a sent message joins, or `own`: the one that is asked for, if it has the base subject of one
 * of its messages. Gmail's guide asks for a reference to one of them, too, but Gmail itself does not (public reports).
 */
export async function joinableThread(
  rows: MailRows,
  threadId: string | undefined,
  { subject }: Pick<ParsedMail, 'subject'>,
): Promise<number | 'own'> {
  const thread = threadId === undefined ? undefined : await findThread(rows, threadId);
  if (thread === undefined || thread.messagesTotal >= maxThreadMessages) return 'own';
  const [messages = []] = await rows.messages.ofThreads([thread.key]);
  const isOfThread = messages.some(({ summary }) => baseSubject(summary.subject) === baseSubject(subject));
  return isOfThread ? thread.key : 'own';
}
