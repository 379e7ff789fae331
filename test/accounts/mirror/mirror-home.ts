import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { createAccounts, type Accounts } from '../../../src/accounts/accounts.ts';
import { selectBackend } from '../../../src/accounts/select-backend.ts';
import { parseConfiguration } from '../../../src/core/configuration.ts';
import { keyFileOf } from '../../../src/core/keys/file-key-store.ts';
import { fillHome, locateHome, type Home } from '../../../src/core/home.ts';
import { openCredentials } from '../../../src/gmail/credentials/open-credential-store.ts';
import { openLocalMailbox } from '../../../src/local/open-local-mailbox.ts';
import type { Mailbox } from '../../../src/mail/mailbox.ts';
import { parseQuery } from '../../../src/mail/query/parse-query.ts';
import type { Feed } from '../../../src/store/feed/feed.ts';
import { sqliteHomeStores, type HomeStores } from '../../../src/store/home-stores.ts';
import { postgresHomeStores } from '../../../src/store/postgres/home-stores.ts';
import { buildMail } from '../../build-mail.ts';
import { loginOf } from '../../gmail/channel-parts.ts';
import { startTestEmulator, type TestEmulator } from '../../support/emulator.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const account = 'me@example.org';

/** One process of a home whose account is mirrored. */
interface MirrorProcess {
  readonly accounts: Accounts;
  readonly feed: Feed;
  readonly open: () => Promise<Mailbox>;
  /** Runs a job until it has nothing to do, or as often as is said. */
  readonly run: (name: string, most?: number) => Promise<void>;
  /** Runs a job once, until its lease is lost at the so manyth look. */
  readonly cutOff: (name: string, looks: number) => Promise<void>;
}

/** Opens what the processes of a home share, once for each. */
export type StoresOf = (home: Home, nowMs: () => number) => Promise<HomeStores>;

/** A home on an emulator whose account is mirrored. */
interface MirrorHome {
  readonly emulator: TestEmulator;
  readonly home: Home;
  /** What its processes are started with. */
  readonly environment: Readonly<Record<string, string>>;
  readonly startProcess: (changes?: Readonly<Record<string, string>>) => Promise<MirrorProcess>;
  readonly openStores: () => Promise<HomeStores>;
  /** The same home with other stores, which have the login already. */
  readonly on: (storesOf: StoresOf) => MirrorHome;
  /** Delivers messages `from` … `to`, numbered in their subjects. */
  readonly deliver: (from: number, to: number) => Promise<readonly string[]>;
  /** Calls of a method since the last question, by its name behind `gmail.users.`. */
  readonly calls: (method: string) => number;
}

const inFiles: StoresOf = async ({ dataFolder }, nowMs) => sqliteHomeStores(dataFolder, nowMs);

/** The stores of a home in a PostgreSQL database. */
export function inDatabase(address: string): StoresOf {
  return async ({ dataFolder }, nowMs) => {
    const stores = await postgresHomeStores(address, keyFileOf(dataFolder, undefined), nowMs);
    // Its own clock cannot be put forward.
    return { ...stores, live: { ...stores.live, now: nowMs } };
  };
}

/** Starts it with a login. Its stores are files where nothing else is said. */
export async function startMirrorHome(t: TestContext, storesOf: StoresOf = inFiles): Promise<MirrorHome> {
  const emulator = await startTestEmulator(t, { settings: { unitsPerMinute: 10_000_000 } });
  const home = locateHome({ GMAIL_HOME: temporaryFolder(t) });
  fillHome(home);
  const environment = {
    GMAIL_BACKEND: 'gmail',
    GMAIL_API_ROOT_URL: emulator.rootUrl,
    GMAIL_OAUTH_ROOT_URL: emulator.rootUrl,
    GMAIL_QUOTA_UNITS_PER_MINUTE: '10000000',
    GMAIL_MIRROR: 'on',
  };
  const first = await storesOf(home, emulator.clock.nowMs);
  const store = openCredentials(first.live, home.dataFolder, parseConfiguration(environment));
  await store.save(loginOf(emulator.account));
  store.close();
  await first.close();
  return homeOn(storesOf);

  function homeOn(storesOfIt: StoresOf): MirrorHome {
    const openStores = () => storesOfIt(home, emulator.clock.nowMs);
    return {
      emulator,
      home,
      environment: { ...environment, GMAIL_HOME: home.folder },
      openStores,
      on: homeOn,
      async startProcess(changes = {}) {
        const configuration = parseConfiguration({ ...environment, ...changes });
        const stores = await openStores();
        const accounts = createAccounts(
          configuration,
          selectBackend(configuration, home, emulator.clock.nowMs, stores),
        );
        t.after(async () => {
          await accounts.close();
          await stores.close();
        });
        const jobs = accounts.jobs();
        const jobOf = (name: string) => jobs.find((one) => one.name === name) ?? assert.fail(name);
        return {
          accounts,
          feed: stores.feed.feed(),
          open: () => accounts.open(account),
          async run(name, most = 1000) {
            const job = jobOf(name);
            const turn = { signal: t.signal, fence: 1, refuseIfLost: () => {} };
            for (let runs = 0; runs < most && (await job.isNeeded?.()) !== false; runs += 1) await job.run(turn);
          },
          async cutOff(name, looks) {
            let left = looks;
            const refuseIfLost = () => {
              left -= 1;
              if (left === 0) throw new Error('the lease was lost');
            };
            await assert.rejects(
              async () => jobOf(name).run({ signal: t.signal, fence: 1, refuseIfLost }),
              /lease was lost/,
            );
          },
        };
      },
      async deliver(from, to) {
        const ids: string[] = [];
        for (let number = from; number <= to; number += 1) {
          const raw = buildMail({
            subject: `number ${number}`,
            messageId: `${number}@x`,
            text: `word${number} & more`,
          });
          emulator.clock.advance(1000);
          ids.push((await emulator.deliver(undefined, raw)).id);
        }
        return ids;
      },
      calls(method) {
        const count = emulator.counters.read().callsByMethod[`gmail.users.${method}`] ?? 0;
        emulator.counters.reset();
        return count;
      },
    };
  }
}

/** A search with a query in Gmail's language. */
export function search(mailbox: Mailbox, q = '', more: { maxResults?: number; pageToken?: string } = {}) {
  const query = parseQuery(q, { emailAddress: account, nowMs: Date.now(), timeZone: 'UTC' });
  return mailbox.searchMessages({ query, includeSpamTrash: false, maxResults: 100, ...more });
}

/** Ids of the hits of a search. */
export async function idsOf(mailbox: Mailbox, q = ''): Promise<readonly string[]> {
  return (await search(mailbox, q)).messages.map(({ id }) => id);
}

/** Holds what is in the mirror against the account, message by message, label by label, byte by byte. */
export async function assertEqual(
  { emulator, openStores }: Pick<MirrorHome, 'emulator' | 'openStores'>,
  { hasHistoryIds = true } = {},
): Promise<number> {
  const stores = await openStores();
  const store = await stores.mirrors.open(account);
  const mirrored = openLocalMailbox({ store, emailAddress: account });
  try {
    const google = emulator.mailbox();
    const labelsOf = async (mailbox: Mailbox) =>
      (await mailbox.listLabels()).map(({ id, name, type }) => [id, name, type]);
    assert.deepEqual(await labelsOf(mirrored), await labelsOf(google));
    let pageToken: string | undefined;
    let total = 0;
    do {
      const page = pageToken === undefined ? {} : { pageToken };
      const expected = await search(google, '', { maxResults: 500, ...page });
      for (const { id, threadId, labelIds, internalDate, historyId, subject } of expected.messages) {
        const { summary, raw } = await mirrored.getRawMessage(id);
        assert.deepEqual(
          [
            summary.threadId,
            summary.labelIds,
            summary.internalDate,
            summary.subject,
            hasHistoryIds ? summary.historyId : '',
          ],
          [threadId, labelIds, internalDate, subject, hasHistoryIds ? historyId : ''],
          id,
        );
        assert.deepEqual(Buffer.from(raw), Buffer.from((await google.getRawMessage(id)).raw), id);
        total += 1;
      }
      pageToken = expected.nextPageToken;
    } while (pageToken !== undefined);
    const inMirror = await search(mirrored, '', { maxResults: 500 });
    assert.equal(inMirror.messages.length, Math.min(500, total));
    return total;
  } finally {
    mirrored.close();
    await stores.close();
  }
}
