import { AppError } from '../../core/errors.ts';
import type { HttpClient } from '../../core/egress/http-client.ts';
import { renewServiceToken } from '../channel/renew-access-token.ts';
import { readServiceAccountFile } from '../login/service-account-file.ts';

/** Access tokens of a service account that acts for itself. */
export interface ServiceAccountTokens {
  /** Who it is, `name@project.iam.gserviceaccount.com`. Throws `INVALID_INPUT` for a file that is no key. */
  readonly clientEmail: () => string;
  /** One that can be used now. Throws `INVALID_INPUT`, `REAUTH_REQUIRED` for a key that Google refuses, `UNAVAILABLE`. */
  readonly obtain: () => Promise<string>;
  /** To be called when Google refused one. */
  readonly refuse: () => void;
}

/** A token is renewed this long before its end. */
const marginMs = 300_000;

/** Tokens of the key in a file, which is read anew for each, so that a key can be exchanged while the servers run. */
export function serviceAccountTokens(options: {
  readonly keyFile: string;
  readonly scopes: readonly string[];
  readonly tokenUrl: string;
  readonly http: HttpClient;
  readonly now: () => number;
}): ServiceAccountTokens {
  const { keyFile, scopes, tokenUrl, http, now } = options;
  let known: { readonly accessToken: string; readonly untilMs: number } | undefined;

  async function renew(): Promise<string> {
    const { clientEmail, privateKey } = readServiceAccountFile(keyFile, 'GMAIL_PUBSUB_KEY_FILE');
    const askedMs = now();
    const outcome = await renewServiceToken(http, tokenUrl, { clientEmail, privateKey, scopes }, askedMs);
    switch (outcome.kind) {
      case 'granted':
        known = { accessToken: outcome.accessToken, untilMs: askedMs + outcome.lifetimeMs - marginMs };
        return outcome.accessToken;
      case 'refused':
        throw new AppError('REAUTH_REQUIRED', `Google does not accept the key of ${clientEmail}.`, {
          field: 'GMAIL_PUBSUB_KEY_FILE',
          got: `${outcome.refusal.error}: ${outcome.refusal.description}`,
          hint: 'Make another key of that service account in the Google Cloud console, and put it into that file.',
        });
      case 'failed':
        throw new AppError('UNAVAILABLE', `No token for ${clientEmail}: ${outcome.reason}.`, {
          hint: outcome.hint ?? 'Check the network; it is tried again.',
        });
    }
  }

  return {
    clientEmail: () => readServiceAccountFile(keyFile, 'GMAIL_PUBSUB_KEY_FILE').clientEmail,
    obtain: async () => (known !== undefined && known.untilMs > now() ? known.accessToken : renew()),
    refuse() {
      known = undefined;
    },
  };
}
