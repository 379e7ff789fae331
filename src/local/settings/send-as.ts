import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import type { SendAs, SendAsFields } from '../../mail/settings.ts';
import type { MailRows, MailStore, MailWriter } from '../../store/mail/mail-store.ts';
import { checkAddress } from './known-addresses.ts';

/** What is stored of an address; the rest follows from whose mailbox it is. */
const storedSendAs = z.object({
  sendAsEmail: z.string(),
  displayName: z.string(),
  replyToAddress: z.string(),
  signature: z.string(),
  isDefault: z.boolean(),
  treatAsAlias: z.boolean(),
});

/** The addresses that mail may be sent as, the primary first. `owner` is the primary, in lower case. */
export async function listSendAs(rows: MailRows, owner: string): Promise<readonly SendAs[]> {
  const stored = (await rows.values.list('sendAs')).map(({ value }) => sendAsOf(value, owner));
  const others = stored.filter(({ isPrimary }) => !isPrimary);
  const primary = stored.find(({ isPrimary }) => isPrimary) ?? primaryOf(owner);
  return [{ ...primary, isDefault: !others.some(({ isDefault }) => isDefault) }, ...others];
}

/** The addresses that may stand in From, in lower case. */
export async function ownAddresses(rows: MailRows, owner: string): Promise<ReadonlySet<string>> {
  return new Set((await listSendAs(rows, owner)).map(({ sendAsEmail }) => sendAsEmail.toLowerCase()));
}

/** Adds an address; see `MailboxWriter.createSendAs`. */
export async function createSendAs(
  store: MailStore,
  owner: string,
  sendAsEmail: string,
  fields: SendAsFields,
): Promise<SendAs> {
  checkAddress('sendAsEmail', sendAsEmail);
  checkFields(fields);
  return store.write(async (rows) => {
    const known = await listSendAs(rows, owner);
    if (known.some((other) => isSameAddress(other.sendAsEmail, sendAsEmail))) {
      throw new AppError('CONFLICT', `Mail can be sent as ${sendAsEmail} already.`, {
        field: 'sendAsEmail',
        got: sendAsEmail,
      });
    }
    const made = { ...primaryOf(sendAsEmail), ...fields, isPrimary: false, isDefault: fields.isDefault === true };
    await put(rows, known, made);
    return findSendAs(await listSendAs(rows, owner), sendAsEmail);
  });
}

/** Changes the fields that are given; see `MailboxWriter.updateSendAs`. */
export async function updateSendAs(
  store: MailStore,
  owner: string,
  sendAsEmail: string,
  fields: SendAsFields,
): Promise<SendAs> {
  checkFields(fields);
  return store.write(async (rows) => {
    const known = await listSendAs(rows, owner);
    const current = findSendAs(known, sendAsEmail);
    if (current.isDefault && fields.isDefault === false) {
      throw new AppError('INVALID_INPUT', 'One address must be the default.', {
        field: 'isDefault',
        expected: 'isDefault true for another address',
        got: 'false',
      });
    }
    await put(rows, known, { ...current, ...fields });
    return findSendAs(await listSendAs(rows, owner), sendAsEmail);
  });
}

/** See `MailboxWriter.deleteSendAs`. */
export async function deleteSendAs(store: MailStore, owner: string, sendAsEmail: string): Promise<void> {
  await store.write(async (rows) => {
    const { isPrimary } = findSendAs(await listSendAs(rows, owner), sendAsEmail);
    if (isPrimary) {
      throw new AppError('INVALID_INPUT', 'The primary address cannot be deleted.', {
        field: 'sendAsEmail',
        expected: 'another send-as address of get_settings',
        got: sendAsEmail,
      });
    }
    await rows.values.delete('sendAs', sendAsEmail.toLowerCase());
  });
}

function isSameAddress(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function findSendAs(known: readonly SendAs[], sendAsEmail: string): SendAs {
  const found = known.find((item) => isSameAddress(item.sendAsEmail, sendAsEmail));
  if (found !== undefined) return found;
  throw new AppError('NOT_FOUND', `Mail cannot be sent as ${sendAsEmail}: there is no such address.`, {
    field: 'sendAsEmail',
    expected: 'a send-as address of get_settings',
    got: sendAsEmail,
  });
}

function primaryOf(address: string): SendAs {
  const nothing = { displayName: '', replyToAddress: '', signature: '' };
  return { sendAsEmail: address, ...nothing, isPrimary: true, isDefault: true, treatAsAlias: false };
}

function sendAsOf(value: string, owner: string): SendAs {
  const stored = storedSendAs.parse(JSON.parse(value));
  const isPrimary = isSameAddress(stored.sendAsEmail, owner);
  // Nobody has to be asked: mail that goes out as this address stays on this machine.
  return { ...stored, isPrimary, ...(isPrimary ? {} : { verificationStatus: 'accepted' }) };
}

/** Stores an address; when it is the default, the others are not. */
async function put(rows: MailWriter, known: readonly SendAs[], sendAs: SendAs): Promise<void> {
  const others = sendAs.isDefault ? known.filter(({ isDefault, isPrimary }) => isDefault && !isPrimary) : [];
  const changed = others.filter(({ sendAsEmail }) => !isSameAddress(sendAsEmail, sendAs.sendAsEmail));
  for (const item of [...changed.map((other) => ({ ...other, isDefault: false })), sendAs]) {
    const stored = storedSendAs.parse(item);
    await rows.values.put('sendAs', item.sendAsEmail.toLowerCase(), JSON.stringify(stored));
  }
}

function checkFields({ displayName, replyToAddress }: SendAsFields): void {
  if (replyToAddress !== undefined && replyToAddress !== '') checkAddress('replyToAddress', replyToAddress);
  if (displayName === undefined || !/\p{Cc}/u.test(displayName)) return;
  throw new AppError('INVALID_INPUT', 'A name stands on one line.', {
    field: 'displayName',
    expected: 'no line break or other control character',
    got: JSON.stringify(displayName),
  });
}
