import type { Configuration } from '../core/configuration.ts';
import { AppError, messageOf } from '../core/errors.ts';
import type { Job } from '../core/jobs/job.ts';
import { logOf } from '../core/telemetry/log.ts';
import { localHealth, type AccountHealth } from './account-health.ts';
import type { SyncStatus } from '../mail/sync-status.ts';
import type { Mailbox } from '../mail/mailbox.ts';

/** What a backend offers the connection factory. */
export interface Backend {
  /** Addresses that can be opened, in a stable order. */
  readonly list: () => Promise<readonly string[]>;
  /** The address that stands in where there are none. */
  readonly fallback?: string;
  readonly open: (emailAddress: string) => Promise<Mailbox>;
  /** How its logins are, where it has any; nothing leaves the machine. Throws when they cannot be read. */
  readonly health?: () => Promise<readonly AccountHealth[]>;
  /**
   * Finds out whether an account can be opened, without reading the code that works on its mail. Throws as `open` does.
   * Without it the account is opened to find out.
   */
  readonly look?: (emailAddress: string) => Promise<void>;
  /** Whether an open mailbox was renamed or deleted by others since: it is opened again, or is there no more. */
  readonly isGone?: (emailAddress: string) => boolean;
  /** What to do when there is no account at all. */
  readonly connectHint: string;
  /** How its live accounts are followed and mirrored. */
  readonly sync?: () => Promise<readonly SyncStatus[]>;
  /** What the backend does by itself. */
  readonly jobs?: () => readonly Job[];
  /** Called once, after every mailbox is closed. */
  readonly close?: () => void | Promise<void>;
}

/** The connection factory: one mailbox per account per process, shared by every call. */
export interface Accounts {
  /**
   * The mailbox of an account, opened on first use; calls that come meanwhile wait for the same opening.
   * Without an address: the configured account, else the only one there is.
   * Throws `NOT_FOUND` for an unknown account, `INVALID_INPUT` when several could be meant, `UNAVAILABLE` after `close`.
   */
  open(emailAddress?: string): Promise<Mailbox>;
  /** Those that there are; where there are none, the one that would be opened. */
  list(): Promise<readonly string[]>;
  /** The account that is used where a call names none, if one is configured. */
  readonly preferred: string | undefined;
  /** How the accounts are, without asking anybody beyond this machine. Throws when no call can be served. */
  health(): Promise<readonly AccountHealth[]>;
  /** How live accounts are followed and mirrored, without asking Google; of local ones nothing. */
  sync(): Promise<readonly SyncStatus[]>;
  /** What the backend does by itself. */
  jobs(): readonly Job[];
  /** Closes every mailbox, waiting for those that are still opening. Calls after it are refused. */
  close(): Promise<void>;
}

const log = logOf('accounts');

function stopping(): AppError {
  return new AppError('UNAVAILABLE', 'The server is stopping.');
}

/** Makes the connection factory of a process. Opens nothing. */
export function createAccounts(configuration: Pick<Configuration, 'account'>, backend: Backend): Accounts {
  const mailboxes = new Map<string, Promise<Mailbox>>();
  /** Mailboxes that are there no more; a call may still be at work with one. */
  const gone = new Set<Promise<Mailbox>>();
  let isClosed = false;

  async function list(): Promise<readonly string[]> {
    const addresses = await backend.list();
    // What a call that names none would open, though nobody has opened it yet.
    return addresses.length === 0 && backend.fallback !== undefined ? [backend.fallback] : addresses;
  }

  async function choose(): Promise<string> {
    if (configuration.account !== undefined) return configuration.account;
    const addresses = await list();
    const [only] = addresses;
    if (only !== undefined && addresses.length === 1) return only;
    if (only === undefined) {
      throw new AppError('NOT_FOUND', 'There is no mailbox yet.', { hint: backend.connectHint });
    }
    throw new AppError('INVALID_INPUT', 'Several accounts are connected; name the one to use.', {
      field: 'account',
      expected: addresses.join(' or '),
      got: 'nothing',
      hint: 'Give `account` with the call, or set GMAIL_ACCOUNT.',
    });
  }

  async function openOnce(emailAddress: string): Promise<Mailbox> {
    const startedMs = performance.now();
    const opening = backend.open(emailAddress);
    mailboxes.set(emailAddress, opening);
    try {
      const mailbox = await opening;
      log.debug('mailbox opened', { account: emailAddress, ms: Math.round(performance.now() - startedMs) });
      return mailbox;
    } catch (error) {
      const isExpected = error instanceof AppError && error.code !== 'UNAVAILABLE';
      log[isExpected ? 'debug' : 'warn']('mailbox not opened', { account: emailAddress, reason: messageOf(error) });
      // A failed opening is not kept: the next call tries again.
      mailboxes.delete(emailAddress);
      throw error;
    }
  }

  async function open(named?: string): Promise<Mailbox> {
    const emailAddress = named ?? (await choose());
    if (isClosed) throw stopping();
    const known = mailboxes.get(emailAddress);
    if (known === undefined) return openOnce(emailAddress);
    const mailbox = await known;
    if (backend.isGone?.(emailAddress) !== true) return mailbox;
    gone.add(known);
    // Another call may have opened it again already.
    const current = mailboxes.get(emailAddress);
    return current === undefined || current === known ? openOnce(emailAddress) : current;
  }

  async function openToLook(emailAddress: string): Promise<void> {
    await (await open(emailAddress)).getProfile();
  }

  return {
    open,
    list,
    preferred: configuration.account,
    sync: async () => (await backend.sync?.()) ?? [],
    jobs: () => backend.jobs?.() ?? [],
    async health() {
      if (isClosed) throw stopping();
      if (backend.health !== undefined) return backend.health();
      const known = [configuration.account, ...(await list())];
      return localHealth([...new Set(known.filter((account) => account !== undefined))], backend.look ?? openToLook);
    },
    async close() {
      isClosed = true;
      const settled = await Promise.allSettled([...mailboxes.values(), ...gone]);
      mailboxes.clear();
      // An account may be open under two names.
      const open = new Set(settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])));
      for (const mailbox of open) mailbox.close();
      await backend.close?.();
    },
  };
}
