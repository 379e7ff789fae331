import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { parseConfiguration } from '../../src/core/configuration.ts';
import { createChannel } from '../../src/gmail/channel/create-channel.ts';
import type { ApiRequest, Channel } from '../../src/gmail/channel.ts';
import { openSharedState } from './open-shared-state.ts';
import { freshMs } from '../../src/store/sqlite/mail-cache/standing.ts';
import type { CacheOptions } from '../../src/gmail/cache/mail-cache.ts';
import { openCredentialStore } from '../../src/gmail/credentials/open-credential-store.ts';
import { openGmailMailbox, type GmailMailbox } from '../../src/gmail/open-gmail-mailbox.ts';
import type { EmulatorOptions } from '../../src/emulator/start-emulator.ts';
import { parseMime } from '../../src/mail/mime/parse-mime.ts';
import type { TestEmulator } from '../support/emulator.ts';
import { startTestEmulator } from '../support/emulator.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A message as it arrives from outside. */
export interface Delivery {
  readonly raw: Uint8Array;
  readonly receivedMs: number;
  readonly labels: readonly string[];
}

/** What was asked of Gmail. */
interface Asked {
  /** Requests, a batch counting as one. */
  readonly calls: readonly string[];
  /** As the emulator counts them. */
  readonly units: number;
}

/** Gmail mailboxes of `me@example.org` on one emulator. */
export interface GmailOnEmulator {
  readonly emulator: TestEmulator;
  /** The cache that every mailbox opened here shares. */
  readonly cache: CacheOptions;
  /** Opens the mailbox as one process would; it is closed behind the test. */
  readonly open: (options?: { readonly cache?: CacheOptions | undefined }) => GmailMailbox;
  /** Stores messages past the API, and lets so much time pass that what is known of the mailbox is no longer fresh. */
  readonly deliver: (mails: readonly Delivery[]) => Promise<readonly string[]>;
  /** Moves the clock of the mailboxes. */
  readonly pass: (durationMs: number) => void;
  /** What `work` asked of Gmail through every mailbox opened here. */
  readonly asked: (work: () => Promise<unknown>) => Promise<Asked>;
}

/** A channel that writes down what passes through it. */
function listening(channel: Channel, requests: ApiRequest[]): Channel {
  return {
    async send(request) {
      requests.push(request);
      return channel.send(request);
    },
    noteRefusals: (parts) => channel.noteRefusals(parts),
    close: () => channel.close(),
  };
}

/** Starts an emulator for one test, with everything that a live mailbox stands on. */
export async function gmailOnEmulator(
  t: TestContext,
  {
    isServiceAccount = false,
    ...options
  }: Omit<EmulatorOptions, 'accounts'> & {
    /** Whether the login may share the mailbox's settings, as only those of service accounts may. */
    readonly isServiceAccount?: boolean;
  } = {},
): Promise<GmailOnEmulator> {
  // Quota has tests of its own: here nobody waits for it.
  const unitsPerMinute = 1_000_000;
  const emulator = await startTestEmulator(t, { ...options, settings: { unitsPerMinute, ...options.settings } });
  const { accessToken } = isServiceAccount ? emulator.tokens.issue({ isServiceAccount }) : emulator.account;
  const folder = temporaryFolder(t);
  const configuration = parseConfiguration({
    GMAIL_BACKEND: 'gmail',
    GMAIL_API_ROOT_URL: emulator.rootUrl,
    GMAIL_OAUTH_ROOT_URL: emulator.rootUrl,
    GMAIL_ACCESS_TOKEN: accessToken,
    GMAIL_QUOTA_UNITS_PER_MINUTE: String(unitsPerMinute),
  });
  const cache = { file: join(folder, 'gmail', 'cache-me.db'), key: randomBytes(32), maxBytes: 50_000_000 };
  const requests: ApiRequest[] = [];
  let passedMs = 0;

  return {
    emulator,
    cache,
    open(chosen = { cache }) {
      const store = openCredentialStore(folder, configuration);
      const state = openSharedState(folder);
      const channel = createChannel({ account: 'me@example.org', store, state, configuration });
      const mailbox = openGmailMailbox({
        emailAddress: 'me@example.org',
        channel: listening(channel, requests),
        apiRootUrl: emulator.rootUrl,
        cache: chosen.cache,
        now: () => Date.now() + passedMs,
      });
      t.after(async () => {
        mailbox.close();
        await state.close();
        store.close();
      });
      return mailbox;
    },
    async deliver(mails) {
      const messages = mails.map(async ({ raw, receivedMs, labels }) => ({
        raw,
        parsed: await parseMime(raw),
        internalDateMs: receivedMs,
        labels,
      }));
      const outcomes = await emulator.mailbox().addMessages(await Promise.all(messages));
      passedMs += freshMs;
      return outcomes.map(({ id }) => id);
    },
    pass(durationMs) {
      passedMs += durationMs;
    },
    async asked(work) {
      const firstRequest = requests.length;
      emulator.counters.reset();
      await work();
      const calls = requests.slice(firstRequest).map(({ methodIds, url }) => {
        const [methodId = ''] = methodIds;
        const method = methodId.replace('gmail.users.', '');
        return url.includes('/batch/') ? `batch of ${methodIds.length} ${method}` : method;
      });
      return { calls, units: emulator.counters.read().unitsTotal };
    },
  };
}
