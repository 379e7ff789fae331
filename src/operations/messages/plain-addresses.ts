import { parseAddressList } from '../../mail/mime/read-headers.ts';

/** Nothing but an address: no name, no quotes, no words of a sender's. */
const plainAddress = /^[a-z\d._+'%-]{1,64}@(?:[a-z\d-]{1,63}\.){1,8}[a-z\d-]{2,63}$/;

/** The addresses in headers such as To, in lower case and without names, those alone that can stand outside of a fence. */
export function plainAddresses(headers: readonly string[]): readonly string[] {
  return headers
    .flatMap((header) => parseAddressList(header).map(({ address }) => address.toLowerCase()))
    .filter((address) => plainAddress.test(address));
}
