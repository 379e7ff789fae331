import type { MailContent } from '../message.ts';
import { isMessageId } from './header-text.ts';

/** Every mail program threads by the nearest ancestors; the first one names the conversation. */
const maxReferences = 50;

/**
 * The References of an answer (RFC 5322 section 3.6.4): the original's, then the original itself; of a long chain the first
 * and the nearest. Ids that cannot be written are left out.
 */
export function referencesTo(original: MailContent): string[] {
  const ids = [...new Set([...original.references.filter((id) => id !== original.messageId), original.messageId])];
  const writable = ids.filter(isMessageId);
  if (writable.length <= maxReferences) return writable;
  return [...writable.slice(0, 1), ...writable.slice(1 - maxReferences)];
}
