import type { Mailbox, MailboxReader } from '../../mail/mailbox.ts';
import { domainOf, looksLike, mixesAlphabets } from '../../mail/sender/look-alike.ts';
import { hasWrittenTo } from '../../safety/policy/check-recipients.ts';
import { correspondents } from '../messages/sender-facts.ts';
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

/** The account that a message is sent from. */
interface Sender {
  readonly mailbox: MailboxReader;
  readonly delivery: Mailbox['delivery'];
  readonly emailAddress: string;
}

/** Addresses that the account sends from, in lower case. */
async function ownAddressesOf({ mailbox, emailAddress }: Sender): Promise<ReadonlySet<string>> {
  const sendAs = await mailbox.listSendAs();
  return new Set([emailAddress, ...sendAs.map(({ sendAsEmail }) => sendAsEmail)].map((each) => each.toLowerCase()));
}

/** Those whose domain is made to be taken for one that this account knows. */
async function lookAlikes(
  account: Sender,
  addresses: readonly string[],
  own: ReadonlySet<string>,
): Promise<readonly string[]> {
  if (addresses.length === 0) return [];
  const known = new Set([...own].map(domainOf));
  for (const domain of await correspondents(account)) known.add(domain);
  return addresses.filter((address) => looksLike(domainOf(address), known) || mixesAlphabets(domainOf(address)));
}

const beginnings = { new: 'First mail to ', lookAlike: 'At a domain that looks like another: ' } as const;

/** A sentence about addresses, none about nobody. */
function sentence(kind: keyof typeof beginnings, addresses: readonly string[]): readonly string[] {
  return addresses.length === 0 ? [] : [`${beginnings[kind]}${addresses.join(', ')}.`];
}

/** What the warnings of a message say of one of its recipients. */
export function warnedOf(
  warnings: readonly string[],
  address: string,
): { readonly isNew: boolean; readonly isLookAlike: boolean } {
  const isIn = (kind: keyof typeof beginnings): boolean =>
    warnings.some(
      (warning) =>
        warning.startsWith(beginnings[kind]) &&
        warning.slice(beginnings[kind].length, -1).split(', ').includes(address),
    );
  return { isNew: isIn('new'), isLookAlike: isIn('lookAlike') };
}

/** What a person should know of a message before it leaves, in sentences. */
export async function sendWarnings(
  account: Sender,
  { to, cc, bcc, text, attachments, subject }: MessagePreview,
): Promise<readonly string[]> {
  const own = await ownAddressesOf(account);
  const others = [...new Set([...to, ...cc, ...bcc])].filter((address) => !own.has(address));
  const unknown = await strangersAmong(account.mailbox, others);
  return [
    ...sentence('lookAlike', await lookAlikes(account, unknown, own)),
    ...sentence('new', unknown),
    ...(subject === '' ? ['It has no subject.'] : []),
    ...(ownWords(text).trim() === '' ? ['It has no text of its own.'] : []),
    ...(attachments.length === 0 && attachmentWords.test(ownWords(text))
      ? ['It speaks of an attachment, but has none.']
      : []),
  ];
}
