import type { Database } from '../../store/sqlite/database.ts';
import { integerOf, textOf } from '../../store/sqlite/database.ts';
import { baseSubject } from '../../mail/text/base-subject.ts';
import type { ParsedMail } from '../../mail/message.ts';
import { followThread, maxThreadMessages } from './assign-thread.ts';

/**
 * The thread that a draft or a sent message joins, or `own`. Gmail's rule: it must refer to a message of the thread that
 * is asked for and have its base subject (developers.google.com/workspace/gmail/api/guides/threads).
 */
export function joinableThread(
  mailbox: Database,
  threadId: string | undefined,
  { subject, references }: Pick<ParsedMail, 'subject' | 'references'>,
): number | 'own' {
  const named = threadId === undefined ? undefined : mailbox.get('SELECT key FROM thread WHERE gmail_id = ?', threadId);
  if (named === undefined) return 'own';
  const { key, messagesTotal } = followThread(mailbox, integerOf(named, 'key'), 'joined');
  if (messagesTotal >= maxThreadMessages) return 'own';
  const wanted = new Set(references);
  const isReply = mailbox
    .all('SELECT message_id, subject FROM message WHERE thread_key = ?', key)
    .some(
      (row) => wanted.has(textOf(row, 'message_id')) && baseSubject(textOf(row, 'subject')) === baseSubject(subject),
    );
  return isReply ? key : 'own';
}
