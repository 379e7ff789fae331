import { parseAddressList } from '../../mail/mime/read-headers.ts';
import { isUnverified } from '../../mail/sender/read-verdict.ts';
import { allowsAddress } from '../../safety/policy/address-forms.ts';
import type { MessageView } from './message-schemas.ts';

/**
 * The entry of a list (addresses, and domains as `@example.org`, in lower case) that the sender of a message is. Undefined for
 * nobody on it, for several senders, and where the receiving server could not verify the sender.
 */
export function listedSender(
  { from, sender }: Pick<MessageView, 'from' | 'sender'>,
  list: readonly string[],
): string | undefined {
  const addresses = parseAddressList(from);
  const address = addresses.length === 1 ? addresses[0]?.address : undefined;
  if (address === undefined || isUnverified(sender)) return undefined;
  return list.find((entry) => allowsAddress(entry, address));
}
