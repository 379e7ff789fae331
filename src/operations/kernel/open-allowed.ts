import type { Accounts } from '../../accounts/accounts.ts';
import { AppError } from '../../core/errors.ts';
import type { Mailbox } from '../../mail/mailbox.ts';
import type { Rights } from '../../safety/tokens/check-token.ts';

/** What a caller who may use some accounts only is told of any other, whether it exists or not. */
function refused(address: string, allowed: ReadonlySet<string>): AppError {
  return new AppError('FORBIDDEN', 'This token may not use that account.', {
    field: 'account',
    expected: [...allowed].join(' or '),
    got: address,
    hint: 'The owner can create a token with other accounts: `gmail-llm token create`.',
  });
}

/** Throws `FORBIDDEN` for an account that the caller may not use. */
export function refuseForeign(address: string, { accounts }: Pick<Rights, 'accounts'>): void {
  if (accounts?.has(address) === false) throw refused(address, accounts);
}

/** The account that is meant where none is named. */
async function choose(accounts: Accounts, allowed: ReadonlySet<string>): Promise<string> {
  const { preferred } = accounts;
  const [only] = allowed;
  if (only !== undefined && allowed.size === 1) return only;
  if (preferred !== undefined && allowed.has(preferred)) return preferred;
  const connected = (await accounts.list()).filter((address) => allowed.has(address));
  const [first] = connected;
  if (first !== undefined && connected.length === 1) return first;
  throw new AppError('INVALID_INPUT', 'This token may use several accounts; name the one to use.', {
    field: 'account',
    expected: [...allowed].join(' or '),
    got: 'nothing',
  });
}

/**
 * The mailbox that a call is about: of the account that it names, else of the one that is meant. Throws `FORBIDDEN` for an
 * account that the caller's token is not good for, without a word of which there are; and as `Accounts.open` does.
 */
export async function openAllowed(
  accounts: Accounts,
  named: string | undefined,
  { accounts: allowed }: Rights,
): Promise<Mailbox> {
  if (allowed === undefined) return accounts.open(named);
  const address = named ?? (await choose(accounts, allowed));
  refuseForeign(address, { accounts: allowed });
  let mailbox: Mailbox;
  try {
    mailbox = await accounts.open(address);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'NOT_FOUND') throw error;
    // Whoever connects accounts says which there are.
    throw new AppError(
      'NOT_FOUND',
      `The account ${address} is not connected.`,
      { field: 'account', got: address },
      error,
    );
  }
  // The mailbox itself says whose it is, whatever name it was opened by.
  if (!allowed.has(mailbox.emailAddress.toLowerCase())) throw refused(address, allowed);
  return mailbox;
}
