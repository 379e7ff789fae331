import { AppError } from '../../core/errors.ts';
import type { MailboxReader } from '../../mail/mailbox.ts';
import type { MessageSummary } from '../../mail/message.ts';
import { parseAddressList } from '../../mail/mime/read-headers.ts';
import type { QueryNode, TextField } from '../../mail/query/query.ts';
import { allowsAddress, canonicalAddress, deniesAddress, mailboxAddress, spellingsOf } from './address-forms.ts';
import type { Policy } from './policy.ts';

/** Matches looked through for the very address: words alone would take `x.ann@example.org` for `ann@example.org`. */
const maxLookedAt = 100;

function isSentTo({ to, cc, bcc, labelIds }: MessageSummary, address: string): boolean {
  // A label of the owner's own may be called like Gmail's: only its id tells.
  if (!labelIds.includes('SENT')) return false;
  return [to, cc, bcc].some((list) =>
    parseAddressList(list).some((recipient) => canonicalAddress(recipient.address) === address),
  );
}

function wordsOf(field: TextField, address: string): readonly QueryNode[] {
  return Array.from(spellingsOf(address), (spelling) => ({ kind: 'text', field, words: [spelling] }));
}

/** Whether the account has sent a message to this very address. */
export async function hasWrittenTo(mailbox: MailboxReader, address: string): Promise<boolean> {
  const canonical = canonicalAddress(address);
  const query: QueryNode = {
    kind: 'and',
    nodes: [
      { kind: 'label', label: 'SENT' },
      { kind: 'or', nodes: wordsOf('to', address) },
    ],
  };
  const request = { query, includeSpamTrash: true, mayBeOld: true };
  // The newest match is nearly always it.
  const first = await mailbox.searchMessages({ ...request, maxResults: 1 });
  if (first.messages.some((message) => isSentTo(message, canonical))) return true;
  if (first.nextPageToken === undefined) return false;
  const { messages } = await mailbox.searchMessages({ ...request, maxResults: maxLookedAt });
  return messages.some((message) => isSentTo(message, canonical));
}

/** Whether mail that the account has received has these words anywhere in its header or text. */
async function hasReceived(mailbox: MailboxReader, address: string): Promise<boolean> {
  // What cannot be looked for might be there.
  if (/["\\\s]/u.test(address)) return true;
  const query: QueryNode = {
    kind: 'and',
    nodes: [
      { kind: 'or', nodes: wordsOf('anywhere', address) },
      { kind: 'not', node: { kind: 'label', label: 'SENT' } },
      { kind: 'not', node: { kind: 'label', label: 'DRAFT' } },
    ],
  };
  const { messages } = await mailbox.searchMessages({ query, maxResults: 1, includeSpamTrash: true, mayBeOld: true });
  return messages.length > 0;
}

function refuse(address: string, why: string): never {
  throw new AppError('FORBIDDEN', `The policy does not allow mail to ${address}: ${why}.`, {
    got: address,
    hint: 'Only the owner can change that, in policy.json: see docs/policy.md.',
  });
}

/**
 * Refuses addresses that the policy does not let mail go to (`FORBIDDEN`, naming the first). `own` are addresses of the
 * account itself, as `canonicalAddress` writes them: writing to oneself is no way out.
 */
export async function checkRecipients(
  policy: Policy,
  mailbox: MailboxReader,
  addresses: readonly string[],
  own: ReadonlySet<string>,
): Promise<void> {
  const { allow, deny, strangers } = policy.recipients;
  for (const address of new Set(addresses)) {
    if (deny.some((pattern) => deniesAddress(pattern, address))) refuse(address, 'it is on the deny list');
    if (own.has(canonicalAddress(address))) continue;
    if (allow !== undefined && !allow.some((pattern) => allowsAddress(pattern, address))) {
      refuse(address, 'it is not on the allow list');
    }
    if (strangers === 'allow' || (await hasWrittenTo(mailbox, address))) continue;
    if (strangers === 'refuse') refuse(address, 'this account has never written to it');
    for (const form of new Set([canonicalAddress(address), mailboxAddress(address)])) {
      if (await hasReceived(mailbox, form)) refuse(address, 'this account knows it only from mail that it received');
    }
  }
}
