import type { MailboxReader } from '../../mail/mailbox.ts';
import type { MessagePreview } from './preview-message.ts';
import { strangersAmong } from './strangers.ts';

/** How people say that something is attached, in the languages in which quotes are introduced. */
const attachmentWords =
  /\b(?:attach(?:ed|ing|ment|ments)|enclosed|anbei|anhang|angehängt|beigefügt|ci-jointe?s?|pièces? jointes?|adjunt[oa]s?|allegat[oi]|in allegato|anex[oa]s?|bijlagen?|bijgevoegd)\b/iu;

/** The writer's own words: what is quoted below may speak of other attachments. */
function ownWords(text: string): string {
  const quoted = /^(?:>|-{5,}).*/m.exec(text);
  return quoted === null ? text : text.slice(0, quoted.index);
}

/** What a person should know of a message before it leaves, in sentences. `own` are addresses of the account. */
export async function sendWarnings(
  mailbox: MailboxReader,
  { to, cc, bcc, text, attachments, subject }: MessagePreview,
  own: ReadonlySet<string>,
): Promise<readonly string[]> {
  const others = [...new Set([...to, ...cc, ...bcc])].filter((address) => !own.has(address));
  const unknown = await strangersAmong(mailbox, others);
  return [
    ...(unknown.length === 0 ? [] : [`First mail to ${unknown.join(', ')}.`]),
    ...(subject === '' ? ['It has no subject.'] : []),
    ...(ownWords(text).trim() === '' ? ['It has no text of its own.'] : []),
    ...(attachments.length === 0 && attachmentWords.test(ownWords(text))
      ? ['It speaks of an attachment, but has none.']
      : []),
  ];
}
