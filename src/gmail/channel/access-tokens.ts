import type { Configuration } from '../../core/configuration.ts';
import { fullJitterMs } from '../../core/back-off.ts';
import { AppError } from '../../core/errors.ts';
import { loginCommand } from '../credentials/login-command.ts';
import type { KeyedCredentialStore } from '../credential.ts';
import { oauthEndpoints } from '../login/oauth-endpoints.ts';
import { explainRefusal, type OAuthRefusal } from '../login/oauth-refusal.ts';
import type { HttpClient } from '../../core/egress/http-client.ts';
import type { Lease } from '../../store/live/leases.ts';
import { pause, within, type Deadline } from './deadline.ts';
import { requestTelemetry } from './request-telemetry.ts';
import { renewAccessToken, type RenewalOutcome } from './renew-access-token.ts';
import type { SharedState } from './shared-state.ts';
import { openTokenStore } from './token-store.ts';

/** What a request shows to Google. */
interface AccessToken {
  readonly accessToken: string;
  readonly generation: number;
}

/** The access tokens of one account, renewed once for all processes. */
export interface AccessTokens {
  /** One that can be used now, without a wait, or undefined. */
  current(): Promise<AccessToken | undefined>;
  /** One that can be used; renewed where it has to be. Throws `REAUTH_REQUIRED`, `FORBIDDEN`, `NOT_FOUND`, `UNAVAILABLE`. */
  obtain(deadline: Deadline): Promise<AccessToken>;
  /** To be called when Google refused a token: nobody uses it again. Throws `REAUTH_REQUIRED` where there is no other. */
  refuse(token: AccessToken): Promise<void>;
}

/** Longer than a renewal with all its tries takes. */
const leaseMs = 35_000;
/** After this a renewal that another process has begun is no longer waited for: it hangs. */
const longestWaitMs = 15_000;
/** Tries at the token endpoint, and the bounds of the pauses between them. */
const tries = 3;
const firstPauseMs = 500;
const longestPauseMs = 2000;

/** A bearer that the environment gives, for as long as it lasts. */
export function fixedAccessToken(accessToken: string): AccessTokens {
  const token = { accessToken, generation: 0 };
  return {
    current: async () => token,
    obtain: () => Promise.resolve(token),
    async refuse() {
      throw new AppError('REAUTH_REQUIRED', 'Google no longer accepts the token in GMAIL_ACCESS_TOKEN.', {
        field: 'GMAIL_ACCESS_TOKEN',
        expected: 'an access token that is not older than an hour and has a scope of Gmail',
        hint: 'Set it to a new one, or unset it and run: gmail-llm login',
      });
    },
  };
}

/**
 * The access tokens of a stored login. Of all processes one renews at a time, held to that by a lease; the others use
 * the old one while it lasts, or wait for the new one.
 */
export function sharedAccessTokens(options: {
  readonly account: string;
  readonly store: KeyedCredentialStore;
  readonly state: SharedState;
  readonly configuration: Pick<Configuration, 'oauthRootUrl'>;
  readonly http: HttpClient;
  readonly onLoginLost?: (() => Promise<void>) | undefined;
}): AccessTokens {
  const { account, store, state, http } = options;
  const { tokenUrl } = oauthEndpoints(options.configuration.oauthRootUrl);
  const stored = openTokenStore(account, store, state);
  let renewal: Promise<AccessToken> | undefined;

  /** The generation of a login that Google honours, as far as is known. */
  const loginGeneration = async (): Promise<number> => {
    const info = await store.info(account);
    // Says what to do where there is no login.
    if (info === undefined) return (await store.read(account)).generation;
    if (info.reauthReason === undefined) return info.generation;
    throw reauthRequired(account, info.reauthReason);
  };

  /** The lease, or, while another process renews, the token to use meanwhile. */
  async function takeTurn(): Promise<Lease | AccessToken> {
    const startedMs = performance.now();
    for (;;) {
      const isLate = performance.now() - startedMs > longestWaitMs;
      const generation = await loginGeneration();
      const lease = await state.leases.take(`access token of ${account}`, leaseMs, isLate);
      // Only after the lease: another process may have put one there until then.
      const token = await stored.read(generation);
      if (lease !== undefined) {
        if (token?.isFresh !== true) return lease;
        await state.leases.release(lease);
      }
      if (token !== undefined) return token;
      await pause(50 + state.random() * 150);
    }
  }

  async function askGoogle(): Promise<{
    readonly outcome: RenewalOutcome;
    readonly askedMs: number;
    readonly generation: number;
  }> {
    for (let failures = 0; ;) {
      const { credential, generation } = await store.read(account);
      const askedMs = state.now();
      const startedMs = performance.now();
      const outcome = await renewAccessToken(http, tokenUrl, credential, askedMs);
      requestTelemetry.renewed(account, outcome.kind, performance.now() - startedMs, reasonOf(outcome));
      switch (outcome.kind) {
        case 'granted':
          // Before anything is done with it: the old one may be worth nothing now.
          if (outcome.refreshToken !== undefined) {
            await store.replaceRefreshToken(account, generation, outcome.refreshToken);
          }
          return { outcome, askedMs, generation };
        case 'refused': {
          const stored = await store.read(account);
          const isSame =
            stored.generation === generation &&
            (stored.credential.kind !== 'oauth' ||
              credential.kind !== 'oauth' ||
              stored.credential.refreshToken === credential.refreshToken);
          if (isSame) return { outcome, askedMs, generation };
          // Somebody logged in meanwhile: the refusal was of the login before.
          continue;
        }
        case 'failed':
          failures += 1;
          if (failures === tries || outcome.hint !== undefined) return { outcome, askedMs, generation };
          await pause(fullJitterMs(failures, firstPauseMs, longestPauseMs, state.random));
      }
    }
  }

  async function renew(): Promise<AccessToken> {
    const turn = await takeTurn();
    if ('accessToken' in turn) return turn;
    try {
      const { outcome, askedMs, generation } = await askGoogle();
      switch (outcome.kind) {
        case 'granted': {
          const { accessToken, lifetimeMs } = outcome;
          await stored.put(turn, { loginGeneration: generation, accessToken, receivedMs: askedMs, lifetimeMs });
          // Where the lease was overtaken it is the other's; or ours for once, where that is still to come.
          return (await stored.read(generation)) ?? { accessToken, generation: 0 };
        }
        case 'refused':
          throw await refused(outcome.refusal, generation);
        case 'failed': {
          const old = await stored.read(generation);
          if (old !== undefined) return old;
          throw new AppError(
            'UNAVAILABLE',
            `No access token for ${account}: ${new URL(tokenUrl).origin} failed: ${outcome.reason}.`,
            {
              hint: outcome.hint ?? 'Check the network and try again. The login itself is not affected.',
            },
          );
        }
      }
    } finally {
      await state.leases.release(turn);
    }
  }

  async function refused(refusal: OAuthRefusal, generation: number): Promise<AppError> {
    const { code, meaning, fix } = explainRefusal(refusal);
    const got = refusal.description === '' ? refusal.error : `${refusal.error}: ${refusal.description}`;
    if (code === 'REAUTH_REQUIRED' && refusal.error === 'invalid_grant') {
      if (await store.markReauth(account, generation, meaning)) await options.onLoginLost?.();
      return reauthRequired(account, meaning, fix, got);
    }
    // What the person who logs in has typed wrong is, for a stored login, another login.
    if (code === 'INVALID_INPUT' || code === 'REAUTH_REQUIRED') return reauthRequired(account, meaning, fix, got);
    return new AppError(code, meaning, { got, hint: fix });
  }

  const current = async () => stored.read(await loginGeneration());
  return {
    current,
    async obtain(deadline) {
      const token = await current();
      if (token?.isFresh === true) return token;
      renewal ??= renew().finally(() => (renewal = undefined));
      // Nobody waits any more when all have given up; a failure is told to whoever asks next.
      renewal.catch(() => undefined);
      // The old one does while it lasts.
      if (token !== undefined) return token;
      return within(
        renewal,
        deadline,
        () =>
          new AppError('UNAVAILABLE', `No access token for ${account} in time: the token endpoint is slow.`, {
            hint: 'Try again: it is being renewed.',
          }),
      );
    },
    refuse: ({ generation }) => stored.invalidate(generation),
  };
}

/** Why there is no new token, in the endpoint's own word where it has one. */
function reasonOf(outcome: RenewalOutcome): string | undefined {
  switch (outcome.kind) {
    case 'granted':
      return undefined;
    case 'refused':
      return outcome.refusal.error;
    case 'failed':
      return outcome.reason;
  }
}

function reauthRequired(account: string, reason: string, fix?: string, got?: string): AppError {
  const command = loginCommand(account);
  return new AppError('REAUTH_REQUIRED', `Google no longer accepts the login of ${account}. ${reason}`, {
    ...(got === undefined ? {} : { got }),
    hint: fix === undefined ? `Run: ${command}` : `Run: ${command}. ${fix}`,
  });
}
