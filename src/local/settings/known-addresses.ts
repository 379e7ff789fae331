import { AppError } from '../../core/errors.ts';
import type { Database } from '../../store/sqlite/database.ts';
import { textOf } from '../../store/sqlite/database.ts';
import { isAddress } from '../outgoing/outgoing.ts';

/** Where mail may be forwarded to, and who may use the mailbox. */
export type KnownAddressKind = 'forwarding' | 'delegate';

const kinds = {
  forwarding: { field: 'forwardingEmail', name: 'forwarding address' },
  delegate: { field: 'delegateEmail', name: 'delegate' },
} as const;

/** The addresses of a kind, in the order in which they were added. */
export function listKnownAddresses(mailbox: Database, kind: KnownAddressKind): readonly string[] {
  return mailbox
    .all('SELECT address FROM known_address WHERE kind = ? ORDER BY key', kind)
    .map((row) => textOf(row, 'address'));
}

/** Adds an address. Throws `CONFLICT` for one that is there, `INVALID_INPUT` for what is none, or is the owner's. */
export function addKnownAddress(mailbox: Database, kind: KnownAddressKind, address: string, owner: string): void {
  const { field, name } = kinds[kind];
  checkAddress(field, address);
  if (address.toLowerCase() === owner) {
    throw new AppError('INVALID_INPUT', `The owner's own address cannot be a ${name}.`, {
      field,
      expected: 'another address',
      got: address,
    });
  }
  const insert = 'INSERT INTO known_address (kind, folded_address, address) VALUES (?, ?, ?) ON CONFLICT DO NOTHING';
  if (mailbox.write(() => mailbox.run(insert, kind, address.toLowerCase(), address)) > 0) return;
  throw new AppError('CONFLICT', `${address} is a ${name} already.`, { field, got: address });
}

/** Takes an address away. Throws `NOT_FOUND`. Runs inside a write transaction. */
export function removeKnownAddress(mailbox: Database, kind: KnownAddressKind, address: string): void {
  const { field, name } = kinds[kind];
  const remove = 'DELETE FROM known_address WHERE kind = ? AND folded_address = ?';
  if (mailbox.run(remove, kind, address.toLowerCase()) > 0) return;
  throw new AppError('NOT_FOUND', `There is no ${name} ${address}.`, { field, got: address });
}

/** Whether mail may be forwarded to an address. */
export function isVerifiedForwarding(mailbox: Database, address: string): boolean {
  const find = "SELECT 1 FROM known_address WHERE kind = 'forwarding' AND folded_address = ?";
  return mailbox.get(find, address.toLowerCase()) !== undefined;
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
