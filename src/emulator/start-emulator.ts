import { once } from 'node:events';
import { createServer } from 'node:http';
import { AppError } from '../core/errors.ts';
import { createCounters } from './control/counters.ts';
import type { EmulatedAccount } from './emulated-account.ts';
import { createEmulatorClock } from './control/emulator-clock.ts';
import { createEmulatorTokens, emulatedClient } from './emulator-tokens.ts';
import type { Emulator } from './emulator.ts';
import { createFaults } from './control/faults.ts';
import { listenOnLoopback } from './http/listen-on-loopback.ts';
import { createAuthority } from './oauth/authority.ts';
import { createServiceAccounts } from './oauth/service-accounts.ts';
import { closeAccounts, openAccounts } from './open-accounts.ts';
import { noticeChanges } from './pubsub/notice-changes.ts';
import { createSubscriptions } from './pubsub/subscriptions.ts';
import { createQuota } from './control/quota.ts';
import { serveRequest } from './http/serve-request.ts';
import { changeSettings, defaultSettings, type SettingsChanges } from './control/settings.ts';

/** What an emulator is started with. */
export interface EmulatorOptions {
  /**
   * At least one; each with the folder of its local mailbox, which is made where there is none, and with its refresh token
   * where an emulator before this one has given it.
   */
  readonly accounts: readonly {
    readonly emailAddress: string;
    readonly folder: string;
    readonly refreshToken?: string;
  }[];
  /** Default 0: the system hands one out. */
  readonly port?: number;
  /** Where its clock starts, milliseconds since 1970. Default: now. */
  readonly nowMs?: number;
  readonly settings?: SettingsChanges;
}

/** How long an idle connection is kept: as long as Google's front end keeps one, about. */
const keepAliveMs = 240_000;

/**
 * Starts a Gmail of this machine on 127.0.0.1: the v1 REST API and Google's OAuth endpoints, on local mailboxes. Mail
 * between its accounts is delivered, other mail goes nowhere. Throws `UNAVAILABLE` when the port is taken or a mailbox
 * cannot be opened, `INVALID_INPUT` for settings that cannot be.
 */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  let settings = changeSettings(defaultSettings, options.settings ?? {});
  const readSettings = () => settings;
  const closing = new AbortController();
  let stopping: Promise<void> | undefined;
  const clock = createEmulatorClock(options.nowMs ?? Date.now(), () => {
    if (closing.signal.aborted) return;
    for (const account of accounts.values()) void account.noteHistory();
  });
  const { nowMs } = clock;
  const accounts = await openAccounts(options.accounts, nowMs, () => settings.historySeconds * 1000);
  const server = createServer({ keepAliveTimeout: keepAliveMs });
  const port = await listenOnLoopback(server, options.port ?? 0).catch((error: unknown) => {
    closeAccounts(accounts);
    throw error;
  });
  const rootUrl = `http://127.0.0.1:${port}/`;

  const counters = createCounters();
  const faults = createFaults();
  const authority = createAuthority(emulatedClient, readSettings, nowMs);
  const serviceAccounts = createServiceAccounts(
    (emailAddress) => accounts.has(emailAddress),
    () => `${rootUrl}token`,
  );
  const subscriptions = createSubscriptions(nowMs);
  /** Also of mailboxes that were changed past the API. */
  async function notice(): Promise<void> {
    for (const each of accounts.values()) await noticeChanges(each, subscriptions, nowMs());
  }
  const tokens = createEmulatorTokens(authority, serviceAccounts, account);

  function account(emailAddress?: string): EmulatedAccount {
    const [first] = accounts.values();
    const found = emailAddress === undefined ? first : accounts.get(emailAddress.toLowerCase());
    if (found !== undefined) return found;
    throw new AppError('NOT_FOUND', `The emulator has no account ${emailAddress ?? ''}.`, {
      field: 'emailAddress',
      expected: [...accounts.keys()].join(' or '),
      got: emailAddress ?? 'nothing',
    });
  }

  async function stop(): Promise<void> {
    closing.abort();
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
    closeAccounts(accounts);
  }

  const emulator: Emulator = {
    rootUrl,
    accounts: options.accounts.map(({ emailAddress, refreshToken }) => ({
      emailAddress: emailAddress.toLowerCase(),
      refreshToken: '',
      ...tokens.issue({ emailAddress, refreshToken }),
      ...emulatedClient,
    })),
    clock,
    faults,
    counters,
    settings: {
      read: readSettings,
      change: (changes) => {
        settings = changeSettings(settings, changes);
      },
    },
    tokens,
    pubsub: subscriptions,
    mailbox: (emailAddress) => account(emailAddress).mailbox,
    deliver: async (emailAddress, raw, labelIds = []) =>
      account(emailAddress).mailbox.receiveMessage({ raw, ...(labelIds.length === 0 ? {} : { labelIds }) }),
    forgetHistory: async (emailAddress) => {
      const chosen = emailAddress === undefined ? accounts.values() : [account(emailAddress)];
      for (const { mailbox } of chosen) await mailbox.forgetHistory();
    },
    close: () => (stopping ??= stop()),
  };

  const endpoints = {
    api: {
      authority,
      faults,
      counters,
      quota: createQuota(readSettings, nowMs, counters),
      account: (emailAddress: string) => accounts.get(emailAddress),
      nowMs,
      latencyMs: () => settings.latencyMs,
      settings: readSettings,
      signal: closing.signal,
    },
    authorization: { authority, settings: readSettings, emailAddresses: [...accounts.keys()] },
    token: { authority, serviceAccounts, nowMs, onRefresh: ({ id }: { readonly id: string }) => counters.refresh(id) },
    pubsub: {
      authority,
      subscriptions,
      notice,
      pullMs: () => settings.pullSeconds * 1000,
      signal: closing.signal,
    },
    emulator,
  };
  server.on('request', (request, response) => {
    // The client has gone away, or the emulator closes: there is nobody to answer.
    serveRequest(endpoints, request, response).catch(() => response.destroy());
  });
  return emulator;
}
