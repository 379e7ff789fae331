import { AppError } from '../../core/errors.ts';
import type { Database, Row } from '../../store/sqlite/database.ts';
import { integerOf, textOf } from '../../store/sqlite/database.ts';
import type { SendAs, SendAsFields } from '../../mail/settings.ts';
import { checkAddress } from './known-addresses.ts';

/** The addresses that mail may be sent as, the primary first. `owner` is the primary, in lower case. */
export function listSendAs(mailbox: Database, owner: string): readonly SendAs[] {
  const rows = mailbox.all('SELECT * FROM send_as ORDER BY key').map((row) => sendAsOf(row, owner));
  const others = rows.filter(({ isPrimary }) => !isPrimary);
  const primary = rows.find(({ isPrimary }) => isPrimary) ?? primaryOf(owner);
  return [{ ...primary, isDefault: !others.some(({ isDefault }) => isDefault) }, ...others];
}

/** The addresses that may stand in From, in lower case. */
export function ownAddresses(mailbox: Database, owner: string): ReadonlySet<string> {
  return new Set(listSendAs(mailbox, owner).map(({ sendAsEmail }) => sendAsEmail.toLowerCase()));
}

/** Adds an address; see `MailboxWriter.createSendAs`. */
export function createSendAs(mailbox: Database, owner: string, sendAsEmail: string, fields: SendAsFields): SendAs {
  checkAddress('sendAsEmail', sendAsEmail);
  checkFields(fields);
  return mailbox.write(() => {
    if (ownAddresses(mailbox, owner).has(sendAsEmail.toLowerCase())) {
      throw new AppError('CONFLICT', `Mail can be sent as ${sendAsEmail} already.`, {
        field: 'sendAsEmail',
        got: sendAsEmail,
      });
    }
    const made = { ...primaryOf(sendAsEmail), ...fields, isPrimary: false, isDefault: fields.isDefault === true };
    store(mailbox, made);
    return findSendAs(mailbox, owner, sendAsEmail);
  });
}

/** Changes the fields that are given; see `MailboxWriter.updateSendAs`. */
export function updateSendAs(mailbox: Database, owner: string, sendAsEmail: string, fields: SendAsFields): SendAs {
  checkFields(fields);
  return mailbox.write(() => {
    const current = findSendAs(mailbox, owner, sendAsEmail);
    if (current.isDefault && fields.isDefault === false) {
      throw new AppError('INVALID_INPUT', 'One address must be the default.', {
        field: 'isDefault',
        expected: 'isDefault true for another address',
        got: 'false',
      });
    }
    store(mailbox, { ...current, ...fields });
    return findSendAs(mailbox, owner, sendAsEmail);
  });
}

/** See `MailboxWriter.deleteSendAs`. */
export function deleteSendAs(mailbox: Database, owner: string, sendAsEmail: string): void {
  mailbox.write(() => {
    const { isPrimary } = findSendAs(mailbox, owner, sendAsEmail);
    if (isPrimary) {
      throw new AppError('INVALID_INPUT', 'The primary address cannot be deleted.', {
        field: 'sendAsEmail',
        expected: 'another send-as address of get_settings',
        got: sendAsEmail,
      });
    }
    mailbox.run('DELETE FROM send_as WHERE folded_address = ?', sendAsEmail.toLowerCase());
  });
}

function findSendAs(mailbox: Database, owner: string, sendAsEmail: string): SendAs {
  const isMeant = (item: SendAs): boolean => item.sendAsEmail.toLowerCase() === sendAsEmail.toLowerCase();
  const found = listSendAs(mailbox, owner).find(isMeant);
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

function sendAsOf(row: Row, owner: string): SendAs {
  const isPrimary = textOf(row, 'folded_address') === owner;
  return {
    sendAsEmail: textOf(row, 'address'),
    displayName: textOf(row, 'display_name'),
    replyToAddress: textOf(row, 'reply_to_address'),
    signature: textOf(row, 'signature'),
    isPrimary,
    isDefault: integerOf(row, 'is_default') === 1,
    treatAsAlias: integerOf(row, 'treat_as_alias') === 1,
    // Nobody has to be asked: mail that goes out as this address stays on this machine.
    ...(isPrimary ? {} : { verificationStatus: 'accepted' }),
  };
}

function store(mailbox: Database, sendAs: SendAs): void {
  if (sendAs.isDefault) mailbox.run('UPDATE send_as SET is_default = 0');
  mailbox.run(
    `INSERT INTO send_as (folded_address, address, display_name, reply_to_address, signature, is_default, treat_as_alias)
     VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (folded_address) DO UPDATE SET display_name = excluded.display_name,
       reply_to_address = excluded.reply_to_address, signature = excluded.signature, is_default = excluded.is_default,
       treat_as_alias = excluded.treat_as_alias`,
    sendAs.sendAsEmail.toLowerCase(),
    sendAs.sendAsEmail,
    sendAs.displayName,
    sendAs.replyToAddress,
    sendAs.signature,
    sendAs.isDefault ? 1 : 0,
    sendAs.treatAsAlias ? 1 : 0,
  );
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
