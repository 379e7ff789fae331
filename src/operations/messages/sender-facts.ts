import { AppError } from '../../core/errors.ts';
import type { Address, ReadableMessage } from '../../mail/message.ts';
import { parseAddresses } from '../../mail/mime/parse-addresses.ts';
import { domainOf, looksLike, mixesAlphabets } from '../../mail/sender/look-alike.ts';
import { readVerdict } from '../../mail/sender/read-verdict.ts';
import { hasWrittenTo } from '../../safety/policy/check-recipients.ts';
import type { Call } from '../kernel/call.ts';
import type { MessageView, SenderView } from './message-schemas.ts';

/** Messages from an address that are looked at to tell whether it has written before: words of others match too. */
const lookedAt = 5;

/** How much of a header with addresses is looked at. */
const maxHeaderCharacters = 2000;

/** The newest sent messages, whose recipients are known. */
const knownFromSent = 50;

function isOwn({ summary, content }: ReadableMessage, { emailAddress }: Pick<Call, 'emailAddress'>): boolean {
  const { labelIds } = summary;
  return (
    labelIds.includes('SENT') || labelIds.includes('DRAFT') || content.from[0]?.address.toLowerCase() === emailAddress
  );
}

/** Whether a name has an address in it that is not the one it is of. */
function showsAnotherAddress({ name, address }: Address): boolean {
  const shown = /[^\s<>"'(),;:@]{1,64}@[^\s<>"'(),;:@]{1,200}\.[^\s<>"'(),;:@]{1,64}/u.exec(name.slice(0, 1000))?.[0];
  return shown !== undefined && shown.toLowerCase() !== address.toLowerCase();
}

/** Whether an answer goes to another domain than the message came from; of lists that is the rule. */
function repliesElsewhere({ content }: ReadableMessage): boolean {
  const { from, replyTo, listId } = content;
  const own = domainOf(from[0]?.address ?? '');
  const isElsewhere = ({ address }: Address): boolean => {
    const domain = domainOf(address);
    return domain !== '' && domain !== own && !domain.endsWith(`.${own}`) && !own.endsWith(`.${domain}`);
  };
  return listId === '' && own !== '' && replyTo.some(isElsewhere);
}

/** By what a sender passes for somebody else. */
function disguiseOf(from: Address, knownDomains: Iterable<string>): SenderView {
  const domain = domainOf(from.address);
  return {
    ...(domain !== '' && looksLike(domain, knownDomains) ? { looksLikeKnown: true } : {}),
    ...(mixesAlphabets(domain) ? { mixesAlphabets: true } : {}),
    ...(showsAnotherAddress(from) ? { nameShowsAnotherAddress: true } : {}),
  };
}

/** What a From header alone says of that, for lists: nothing is fetched for it. */
export function disguiseOfHeader(from: string, { emailAddress }: Pick<Call, 'emailAddress'>): SenderView {
  const [sender] = parseAddresses(from.slice(0, maxHeaderCharacters), asIs);
  return sender === undefined ? {} : disguiseOf(sender, [domainOf(emailAddress)]);
}

/** What can be told of a sender from the message itself and from `knownDomains`. */
export function senderOf(
  message: ReadableMessage,
  call: Pick<Call, 'delivery' | 'emailAddress'>,
  knownDomains: Iterable<string>,
): SenderView | undefined {
  const [from] = message.content.from;
  if (from === undefined || isOwn(message, call)) return undefined;
  const facts = {
    ...readVerdict(message.content.headers, call.delivery === 'gmail'),
    ...disguiseOf(from, [domainOf(call.emailAddress), ...knownDomains]),
    ...(repliesElsewhere(message) ? { repliesElsewhere: true } : {}),
  };
  return Object.keys(facts).length === 0 ? undefined : facts;
}

/** Domains that the account has written to lately. A live account would pay for each message: there only its own counts. */
export async function correspondents({
  mailbox,
  delivery,
}: Pick<Call, 'mailbox' | 'delivery'>): Promise<ReadonlySet<string>> {
  if (delivery === 'gmail') return new Set();
  const { messages } = await mailbox.searchMessages({
    query: { kind: 'label', label: 'SENT' },
    includeSpamTrash: false,
    maxResults: knownFromSent,
  });
  const addresses = messages.flatMap(({ to, cc }) =>
    [to, cc].flatMap((list) => parseAddresses(list.slice(0, maxHeaderCharacters), asIs)),
  );
  return new Set(addresses.map(({ address }) => domainOf(address)).filter((domain) => domain !== ''));
}

function asIs(text: string): string {
  return text;
}

/** Whether nothing came from this address before, and nothing was sent to it. */
async function isFirstContact({ summary, content }: ReadableMessage, { mailbox }: Call): Promise<boolean> {
  const address = content.from[0]?.address.toLowerCase() ?? '';
  // A query has no way to say an address in quotes.
  if (address === '' || /["\\\s]/.test(address)) return false;
  const { messages } = await mailbox.searchMessages({
    query: {
      kind: 'and',
      nodes: [
        { kind: 'text', field: 'from', words: [address] },
        { kind: 'date', beforeMs: Number(summary.internalDate) },
      ],
    },
    includeSpamTrash: false,
    maxResults: lookedAt,
  });
  if (messages.some(({ from }) => from.toLowerCase().includes(address))) return false;
  return !(await hasWrittenTo(mailbox, address));
}

/** A view of a message with what the server knows of its sender. What cannot be looked up now is left out. */
export async function withSender(message: ReadableMessage, view: MessageView, call: Call): Promise<MessageView> {
  if (isOwn(message, call)) return view;
  const isFirst = await orElse(false, () => isFirstContact(message, call));
  const known = isFirst ? await orElse(new Set<string>(), () => correspondents(call)) : [];
  const facts = senderOf(message, call, known);
  if (facts === undefined && !isFirst) return view;
  return { ...view, sender: { ...facts, ...(isFirst ? { isFirstContact: true } : {}) } };
}

async function orElse<T>(otherwise: T, look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof AppError && ['RATE_LIMITED', 'UNAVAILABLE'].includes(error.code)) return otherwise;
    throw error;
  }
}
