import { AppError, type ErrorCode } from '../../core/errors.ts';

/** What Google's token endpoint says when it refuses (RFC 6749, 5.2; `subtype` is Google's own). */
export interface OAuthRefusal {
  readonly error: string;
  readonly description: string;
  readonly subtype?: string;
}

/** What a refusal means for the person whose login it is. */
export interface RefusalMeaning {
  readonly code: Extract<ErrorCode, 'REAUTH_REQUIRED' | 'FORBIDDEN' | 'INVALID_INPUT' | 'UNAVAILABLE'>;
  /** One sentence. */
  readonly meaning: string;
  /** What to do about it. */
  readonly fix: string;
}

/** Where a person sees and ends what applications may do with the account. */
export const permissionsPage = 'https://myaccount.google.com/permissions';

const askAdministrator =
  'Ask the Workspace administrator to allow the client: admin.google.com, "Security", "Access and data control", "API controls".';

/** What ends a refresh token without Google saying which it was (developers.google.com/identity/protocols/oauth2#expiration). */
const grantDeaths = [
  'the OAuth client is in testing mode, where a login lives 7 days',
  'it was not used for 6 months',
  'the account has more than 100 logins of this client, and the oldest ended',
  'the password was changed',
  `access was removed at ${permissionsPage} or by an administrator`,
] as const;

const clockMend = 'Set the clock of this machine (for example: timedatectl set-ntp true), then try again.';

const byError: Readonly<Record<string, RefusalMeaning>> = {
  admin_policy_enforced: {
    code: 'REAUTH_REQUIRED',
    meaning: 'A policy of the Workspace does not let this client use the scopes.',
    fix: askAdministrator,
  },
  invalid_client: {
    code: 'INVALID_INPUT',
    meaning: 'Google does not know the OAuth client, or its secret is another one.',
    fix: 'Download the JSON of the client again and log in with --client FILE.',
  },
  deleted_client: {
    code: 'REAUTH_REQUIRED',
    meaning: 'The OAuth client was deleted in the Google Cloud console.',
    fix: 'Restore it there within 30 days, or create another of type "Desktop app" and log in with --client FILE.',
  },
  disabled_client: {
    code: 'REAUTH_REQUIRED',
    meaning: 'The OAuth client or the service account was disabled.',
    fix: 'Enable it in the Google Cloud console, or log in with another.',
  },
  unauthorized_client: {
    code: 'FORBIDDEN',
    meaning:
      'The client may not do this: it is of another type, or the service account has no delegation for the scopes.',
    fix: 'For a person, use a client of type "Desktop app"; for a service account, see docs/login.md on delegation.',
  },
  invalid_scope: {
    code: 'FORBIDDEN',
    meaning: 'Google does not grant these scopes to the client.',
    fix: 'Add the scopes to the consent screen of the project, and enable the Gmail API there.',
  },
  org_internal: {
    code: 'FORBIDDEN',
    meaning: 'The consent screen is internal to a Workspace that this account is not of.',
    fix: 'Choose an account of that Workspace, or make the consent screen "External".',
  },
};

/** What a refusal at the token endpoint means for a stored login that asks for an access token. */
export function explainRefusal({ error, description, subtype }: OAuthRefusal): RefusalMeaning {
  if (subtype === 'invalid_rapt' || /reauth|rapt/i.test(description)) {
    return {
      code: 'REAUTH_REQUIRED',
      meaning: 'The session control of the Workspace asks this person to log in again.',
      fix: `Log in again. To end the repetition: ${askAdministrator}`,
    };
  }
  if (/short-lived|timeframe|\biat\b/i.test(description)) {
    return {
      code: 'UNAVAILABLE',
      meaning: 'The clock of this machine is wrong, so Google refuses what it signs.',
      fix: clockMend,
    };
  }
  if (/signature/i.test(description)) {
    return {
      code: 'REAUTH_REQUIRED',
      meaning: 'The key of the service account was deleted at Google.',
      fix: 'Make a new key in the Google Cloud console and log in with --service-account FILE.',
    };
  }
  if (/email|user id/i.test(description)) {
    return {
      code: 'REAUTH_REQUIRED',
      meaning: 'The service account can act for nobody of this address: it is no user of its Workspace.',
      fix: 'Check the address. A service account reaches users of its own Workspace, never @gmail.com.',
    };
  }
  if (/account (?:was )?not found|deleted/i.test(description) && error === 'invalid_grant') {
    return {
      code: 'REAUTH_REQUIRED',
      meaning: 'The account, or the service account, does not exist at Google any more.',
      fix: 'Restore it at Google, or log in with another.',
    };
  }
  if (error === 'invalid_grant') {
    return {
      code: 'REAUTH_REQUIRED',
      meaning: `Google has ended this login. It does not say why; any of: ${grantDeaths.join('; ')}.`,
      fix: 'Log in again. Put the consent screen "In production" so that a login lasts.',
    };
  }
  return (
    byError[error] ?? {
      code: 'UNAVAILABLE',
      meaning: `Google's token endpoint refused: ${error}${description === '' ? '' : ` (${description})`}.`,
      fix: 'Try again; docs/login.md lists what is known.',
    }
  );
}

/** The error for an `error=` in the answer to a consent (RFC 6749, 4.1.2.1, and Google's own). */
export function explainConsentError(error: string, description: string): AppError {
  if (error === 'access_denied') {
    return new AppError('FORBIDDEN', 'The consent was denied in the browser, so nothing was stored.', {
      got: 'access_denied',
      hint:
        'Run `gmail-llm login` again and allow it. If Google itself says "access blocked", add the account as a test ' +
        'user of the consent screen, or put that screen "In production".',
    });
  }
  const known = byError[error];
  if (known !== undefined) return new AppError(known.code, known.meaning, { got: error, hint: known.fix });
  return new AppError('FORBIDDEN', 'Google answered the login with an error.', {
    got: description === '' ? error : `${error}: ${description}`,
    hint: 'docs/login.md lists what is known; run `gmail-llm login` again.',
  });
}
