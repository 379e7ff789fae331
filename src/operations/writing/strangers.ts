import type { MailboxReader } from '../../mail/mailbox.ts';
import type { MessageSummary } from '../../mail/message.ts';
import { parseAddressList } from '../../mail/mime-library.ts';
import type { QueryNode } from '../../mail/query.ts';

/** A mail to more people is looked at by its list, not by a note on each. */
const maxLookedUp = 20;
/** Matches looked at: words alone would take `x.ann@example.org` for `ann@example.org`. */
const maxMatches = 100;

function recipientsOf({ to, cc, bcc }: MessageSummary): readonly string[] {
  return [to, cc, bcc].flatMap((list) => parseAddressList(list).map(({ address }) => address.toLowerCase()));
}

async function writtenTo(mailbox: MailboxReader, addresses: readonly string[]) {
  const nodes: QueryNode[] = addresses.map((address) => ({ kind: 'text', field: 'to', words: [address] }));
  const query: QueryNode = {
    kind: 'and',
    nodes: [
      { kind: 'label', label: 'SENT' },
      { kind: 'or', nodes },
    ],
  };
  const page = await mailbox.searchMessages({ query, maxResults: maxMatches, includeSpamTrash: true });
  return { known: new Set(page.messages.flatMap(recipientsOf)), isWhole: page.nextPageToken === undefined };
}

/** Those of up to 20 addresses, in lower case, that this account has sent nothing to; none of more. Usually one search. */
export async function strangersAmong(mailbox: MailboxReader, addresses: readonly string[]): Promise<readonly string[]> {
  if (addresses.length === 0 || addresses.length > maxLookedUp) return [];
  const { known, isWhole } = await writtenTo(mailbox, addresses);
  const missing = addresses.filter((address) => !known.has(address));
  if (isWhole || addresses.length === 1) return missing;
  // Mail to the others may have filled the page.
  const looks = missing.map(async (address) => ((await writtenTo(mailbox, [address])).known.has(address) ? [] : [address]));
  return (await Promise.all(looks)).flat();
}
