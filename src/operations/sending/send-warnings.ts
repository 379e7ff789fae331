import type { Mailbox, MailboxReader } from '../../mail/mailbox.ts';
import { domainOf, looksLike, mixesAlphabets } from '../../mail/sender/look-alike.ts';
import { hasWrittenTo } from '../../safety/policy/check-recipients.ts';
import { correspondents } from '../messages/sender-facts.ts';
import type { MessagePreview } from './preview-message.ts';

/** Each costs a search. */
const maxLookedUp = 10;

/** Files that run where they are opened, on any system that people read mail on. */
const program =
  /\.(?:exe|com|scr|pif|bat|cmd|msi|msix|cpl|hta|jar|jse?|mjs|vbs?|vbe|wsf|wsh|ps1|lnk|url|reg|chm|iso|img|vhdx?|apk|dmg|pkg|command|sh|desktop)$/i;

/** A name that seems to end with the kind of a document and has another behind it; packed and signed documents are honest. */
const twoKinds =
  /\.(?:pdf|docx?|xlsx?|pptx?|odt|ods|rtf|txt|csv|jpe?g|png|gif)[\s._-]*\.(?!(?:gz|bz2|xz|zst|zip|7z|gpg|pgp|asc|sig|p7s|p7m)$)[a-z0-9]{1,8}$/i;

function fileWarnings(attachments: MessagePreview['attachments']): readonly string[] {
  const names = attachments.map(({ filename }) => filename.trim());
  const programs = names.filter((name) => program.test(name));
  const doubtful = names.filter((name) => twoKinds.test(name) && !program.test(name));
  return [
    ...programs.map((name) => `A file that runs where it is opened: ${name}`),
    ...doubtful.map((name) => `A file whose name shows two kinds: ${name}`),
  ];
}

/** How people say that something is attached, in the languages in which quotes are introduced. */
const attachmentWords =
  /\b(?:attach(?:ed|ing|ment|ments)|enclosed|anbei|anhang|angehängt|beigefügt|ci-jointe?s?|pièces? jointes?|adjunt[oa]s?|allegat[oi]|in allegato|anex[oa]s?|bijlagen?|bijgevoegd)\b/iu;

/** The writer's own words: what is quoted below may speak of other attachments. */
function ownWords(text: string): string {
  const quoted = /^(?:>|-{5,}).*/m.exec(text);
  return quoted === null ? text : text.slice(0, quoted.index);
}

/** Whether this account has written to an address; undefined for those that are not looked up. */
async function acquaintance(
  mailbox: MailboxReader,
  addresses: readonly string[],
): Promise<ReadonlyMap<string, boolean>> {
  // A query has no way to say an address in quotes.
  const looked = addresses.filter((address) => !address.includes('"')).slice(0, maxLookedUp);
  return new Map(
    await Promise.all(looked.map(async (address) => [address, await hasWrittenTo(mailbox, address)] as const)),
  );
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

/** That not each of very many was looked up. */
function ofMany({ length }: readonly string[]): readonly string[] {
  return length > maxLookedUp
    ? [`It goes to ${length} people: which of them are new was looked up for ${maxLookedUp}.`]
    : [];
}

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
  { to, cc, bcc, text, attachments, subject, warnings }: MessagePreview,
): Promise<readonly string[]> {
  const own = await ownAddressesOf(account);
  const others = [...new Set([...to, ...cc, ...bcc])].filter((address) => !own.has(address));
  const known = await acquaintance(account.mailbox, others);
  const unknown = others.filter((address) => known.get(address) === false);
  return [
    ...sentence(
      'lookAlike',
      await lookAlikes(
        account,
        others.filter((address) => known.get(address) !== true),
        own,
      ),
    ),
    ...fileWarnings(attachments),
    ...warnings,
    ...sentence('new', unknown),
    ...ofMany(others),
    ...(subject === '' ? ['It has no subject.'] : []),
    ...(ownWords(text).trim() === '' ? ['It has no text of its own.'] : []),
    ...(attachments.length === 0 && attachmentWords.test(ownWords(text))
      ? ['It speaks of an attachment, but has none.']
      : []),
  ];
}
