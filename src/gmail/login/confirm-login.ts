import type { MailGrant } from '../../core/grants.ts';
import { AppError } from '../../core/errors.ts';
import { gmailScopes } from '../../mail/gmail-methods.ts';
import type { Credential } from '../credential.ts';
import { fetchOwnAddress } from './fetch-own-address.ts';
import { permissionsPage } from './oauth-refusal.ts';
import { grantsOfScopes, uncoveredGrants } from './scopes.ts';

/** What every kind of login is told. */
export interface LoginRequest {
  /** The account that is meant; without it, whichever the person chooses. */
  readonly emailAddress?: string;
  /** What the login is to be good for. */
  readonly grants: ReadonlySet<MailGrant>;
  readonly apiRootUrl: string;
  readonly oauthRootUrl: string;
  readonly signal: AbortSignal;
}

/** A login that Google has confirmed and that is not stored yet. */
export interface ConfirmedLogin {
  readonly credential: Credential;
  /** What was asked for and is not covered: the person left it out on the consent page. */
  readonly missing: readonly MailGrant[];
}

/** A mailbox by one name: Gmail ignores case, and in its own domain dots and what follows a plus. */
function mailboxName(emailAddress: string): string {
  const [local = '', domain = ''] = emailAddress.toLowerCase().split('@');
  if (domain !== 'gmail.com' && domain !== 'googlemail.com') return `${local}@${domain}`;
  return `${local.replace(/\+.*$/, '').replaceAll('.', '')}@gmail.com`;
}

/**
 * Holds what Google granted against what was asked: scopes that cover reading at least, and the mailbox that was meant.
 * Throws `FORBIDDEN` where the login could not even read, `INVALID_INPUT` for another account, and what
 * {@link fetchOwnAddress} throws.
 */
export async function confirmLogin(
  request: LoginRequest,
  granted: { readonly scopes: readonly string[]; readonly accessToken: string },
  credentialFor: (emailAddress: string) => Credential,
): Promise<ConfirmedLogin> {
  if (granted.scopes.includes(gmailScopes.metadata)) {
    throw new AppError(
      'FORBIDDEN',
      'This login carries the scope gmail.metadata, with which Gmail shows no mail and searches nothing.',
      {
        got: granted.scopes.join(' '),
        hint: `Remove the client's access at ${permissionsPage}, then log in again.`,
      },
    );
  }
  if (!grantsOfScopes(granted.scopes).includes('read')) {
    throw new AppError('FORBIDDEN', 'Reading mail was left out on the consent page, and nothing works without it.', {
      expected: 'the permission to read mail',
      got: granted.scopes.join(' ') || 'no scope',
      hint: 'Run `gmail-llm login` again and tick every box on the page.',
    });
  }
  const emailAddress = await fetchOwnAddress({
    apiRootUrl: request.apiRootUrl,
    accessToken: granted.accessToken,
    account: request.emailAddress,
    signal: request.signal,
  });
  if (request.emailAddress !== undefined && mailboxName(request.emailAddress) !== mailboxName(emailAddress)) {
    throw new AppError('INVALID_INPUT', 'The login is of another account, so it was not stored.', {
      field: '--account',
      expected: request.emailAddress.toLowerCase(),
      got: emailAddress,
      hint: 'Choose the account that you named on the page, or name the one that you mean with --account.',
    });
  }
  return {
    credential: credentialFor(emailAddress),
    missing: uncoveredGrants(granted.scopes, request.grants),
  };
}
