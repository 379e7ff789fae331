import { AppError, type ErrorDetails } from '../core/errors.ts';

/** Why an account cannot be used, or not now. */
export type AccountTrouble =
  /** There is no login of it, or of any. */
  | 'LOGIN_MISSING'
  /** There is no mailbox of that address here. */
  | 'ACCOUNT_MISSING'
  /** Google no longer accepts its login. */
  | 'REAUTH_REQUIRED'
  /** Gmail no longer publishes its changes, and that could not be renewed: they are found by asking. */
  | 'WATCH_EXPIRED'
  /** What changes in it could not be asked for some time. */
  | 'SYNC_BEHIND'
  /** Its mirror has reached its bound and takes no more mail. */
  | 'MIRROR_FULL'
  /** Its files cannot be read. */
  | 'MAILBOX_UNAVAILABLE';

/** How an account is, or that there is none. */
export interface AccountHealth {
  readonly account?: string;
  /** Undefined when it can be used, as far as is known without asking anybody. */
  readonly trouble?: AccountTrouble;
  readonly message?: string;
  readonly hint?: string;
}

/** The health of an account that an error is about. */
export function troubleOf(
  account: string | undefined,
  trouble: AccountTrouble,
  { message, details: { hint } }: { readonly message: string; readonly details: Pick<ErrorDetails, 'hint'> },
): AccountHealth {
  return { ...(account === undefined ? {} : { account }), trouble, message, ...(hint === undefined ? {} : { hint }) };
}

/**
 * The health of mailboxes on this machine: the first of `accounts` that can be read stands for all. Throws what the last
 * of them says when none can be read: then no call can be served.
 */
export async function localHealth(
  accounts: readonly string[],
  look: (emailAddress: string) => Promise<void>,
): Promise<readonly AccountHealth[]> {
  const troubles: AccountHealth[] = [];
  let last: AppError | undefined;
  for (const account of accounts) {
    try {
      await look(account);
      return [...troubles, { account }];
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error.code === 'NOT_FOUND') troubles.push(troubleOf(account, 'ACCOUNT_MISSING', error));
      else {
        last = error;
        troubles.push(troubleOf(account, 'MAILBOX_UNAVAILABLE', error));
      }
    }
  }
  if (last !== undefined) throw last;
  return troubles;
}
