import type { LocalMailbox } from '../local/open-local-mailbox.ts';
import type { FiledMessage } from '../mail/mailbox.ts';
import type { CounterValues } from './control/counters.ts';
import type { EmulatorClock } from './control/emulator-clock.ts';
import type { Faults } from './control/faults.ts';
import type { Grant, GrantDeath } from './oauth/authority.ts';
import type { ServiceAccount } from './oauth/service-accounts.ts';
import type { Subscriptions } from './pubsub/subscriptions.ts';
import type { EmulatorSettings, SettingsChanges } from './control/settings.ts';

/** What a client needs to work with an account. */
export interface AccountCredentials {
  readonly emailAddress: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** What the counters know its refreshes by. */
  readonly grantId: string;
}

/** A token to be made without the consent page. */
interface TokenRequest {
  /** Default: the first account. */
  readonly emailAddress?: string | undefined;
  /** Default: everything. */
  readonly scopes?: readonly string[] | undefined;
  /** Of the access token; default: the setting. */
  readonly lifeSeconds?: number | undefined;
  /** As if a service account had asked, which may do what a person's login may not, and has no refresh token. */
  readonly isServiceAccount?: boolean | undefined;
  /** The refresh token, as an emulator before this one gave it; default: a new one. */
  readonly refreshToken?: string | undefined;
}

/** A token that was made. */
interface IssuedToken {
  readonly grantId: string;
  readonly accessToken: string;
  readonly refreshToken?: string;
}

/** Logins and their deaths. */
export interface EmulatorTokens {
  readonly issue: (request?: TokenRequest) => IssuedToken;
  readonly grants: () => readonly Grant[];
  /** Ends the life of every access token, of one user or of all; refresh tokens stay good. Throws `NOT_FOUND`. */
  readonly expire: (emailAddress?: string) => void;
  /** Lets a grant die: `revoked` takes its access tokens along, `invalid_rapt` refuses refreshes only. Throws `NOT_FOUND`. */
  readonly kill: (grantId: string, death: GrantDeath) => void;
  readonly registerServiceAccount: (account: ServiceAccount) => void;
}

/** A running emulator. Nothing of it but the mailboxes outlives {@link Emulator.close}. */
export interface Emulator {
  /** `http://127.0.0.1:PORT/`; the API and Google's OAuth endpoints alike. */
  readonly rootUrl: string;
  readonly accounts: readonly AccountCredentials[];
  readonly clock: EmulatorClock;
  readonly faults: Faults;
  readonly counters: { read(): CounterValues; reset(): void };
  readonly settings: { read(): EmulatorSettings; change(changes: SettingsChanges): void };
  readonly tokens: EmulatorTokens;
  /** Topics and subscriptions of Pub/Sub. */
  readonly pubsub: Pick<Subscriptions, 'subscribe' | 'publish'>;
  /** The mailbox itself, past the API. Throws `NOT_FOUND`. */
  mailbox(emailAddress?: string): LocalMailbox;
  /** Puts a message into a mailbox (default: the first) as if it had just arrived; default label: INBOX, UNREAD. */
  deliver(emailAddress: string | undefined, raw: Uint8Array, labelIds?: readonly string[]): Promise<FiledMessage>;
  /** Lets history ids of up to now be answered with 404, for one user or all. */
  forgetHistory(emailAddress?: string): Promise<void>;
  /** Cuts every connection and closes the mailboxes. Calling it again waits for the same. */
  close(): Promise<void>;
}
