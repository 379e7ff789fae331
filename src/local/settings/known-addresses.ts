import { AppError } from '../../core/errors.ts';
import type { MailRows, MailStore, MailWriter } from '../../store/mail/mail-store.ts';
import { isAddress } from '../outgoing/outgoing.ts';

/** Where mail may be forwarded to, and who may use the mailbox. */
export type KnownAddressKind = 'forwarding' | 'delegate';

const kinds = {
  forwarding: { field: 'forwardingEmail', name: 'forwarding address' },
  delegate: { field: 'delegateEmail', name: 'delegate' },
} as const;

/** The addresses of a kind, in the order in which they were added. */
export async function listKnownAddresses(rows: MailRows, kind: KnownAddressKind): Promise<readonly string[]> {
  return (await rows.values.list(kind)).map(({ value }) => value);
}

/** Adds an address. Throws `CONFLICT` for one that is there, `INVALID_INPUT` for what is none, or is the owner's. */
export async function addKnownAddress(
  store: MailStore,
  kind: KnownAddressKind,
  address: string,
  owner: string,
): Promise<void> {
  const { field, name } = kinds[kind];
  checkAddress(field, address);
  if (address.toLowerCase() === owner) {
    throw new AppError('INVALID_INPUT', `The owner's own address cannot be a ${name}.`, {
      field,
      expected: 'another address',
      got: address,
    });
  }
  await store.write(async (rows) => {
    if ((await rows.values.get(kind, address.toLowerCase())) !== undefined) {
      throw new AppError('CONFLICT', `${address} is a ${name} already.`, { field, got: address });
    }
    await rows.values.put(kind, address.toLowerCase(), address);
  });
}

/** Takes an address away. Throws `NOT_FOUND`. */
export async function removeKnownAddress(rows: MailWriter, kind: KnownAddressKind, address: string): Promise<void> {
  const { field, name } = kinds[kind];
  if (await rows.values.delete(kind, address.toLowerCase())) return;
  throw new AppError('NOT_FOUND', `There is no ${name} ${address}.`, { field, got: address });
}

/** Whether mail may be forwarded to an address. */
export async function isVerifiedForwarding(rows: MailRows, address: string): Promise<boolean> {
  return (await rows.values.get('forwarding', address.toLowerCase())) !== undefined;
}

/** Throws `INVALID_INPUT` for what is no e-mail address. */
export function checkAddress(field: string, address: string): void {
  if (isAddress(address)) return;
  throw new AppError('INVALID_INPUT', 'This is no e-mail address.', {
    field,
    expected: 'an address such as ann@example.org',
    got: address,
  });
}
