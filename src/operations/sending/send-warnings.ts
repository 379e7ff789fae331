import type { MailboxReader } from '../../mail/mailbox.ts';
import { hasWrittenTo } from '../../safety/policy/check-recipients.ts';
import type { MessagePreview } from './preview-message.ts';

/** Each costs a search; a mail to more people is looked at by its list, not by a note on each. */
const maxLookedUp = 10;

/** How people say that something is attached, in the languages in which quotes are introduced. */
const attachmentWords =
  /\b(?:attach(?:ed|ing|ment|ments)|enclosed|anbei|anhang|angehängt|beigefügt|ci-jointe?s?|pièces? jointes?|adjunt[oa]s?|allegat[oi]|in allegato|anex[oa]s?|bijlagen?|bijgevoegd)\b/iu;

/** The writer's own words: what is quoted below may speak of other attachments. */
function ownWords(text: string): string {
  const quoted = /^(?:>|-{5,}).*/m.exec(text);
  return quoted === null ? text : text.slice(0, quoted.index);
}

/** Those that this account has sent nothing to yet; none of very many. */
async function strangersAmong(mailbox: MailboxReader, addresses: readonly string[]): Promise<readonly string[]> {
  // A query has no way to say an address in quotes.
  const looked = addresses.filter((address) => !address.includes('"'));
  if (looked.length > maxLookedUp) return [];
  const known = await Promise.all(looked.map((address) => hasWrittenTo(mailbox, address)));
  return looked.filter((_, index) => known[index] === false);
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
