import assert from 'node:assert/strict';
import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createAccounts } from '../../src/accounts/accounts.ts';
import { selectBackend } from '../../src/accounts/select-backend.ts';
import { parseConfiguration } from '../../src/core/configuration.ts';
import { fillHome, locateHome } from '../../src/core/home.ts';
import type { JobRecord, JobStore } from '../../src/core/jobs/job-store.ts';
import { localMailboxFolder } from '../../src/store/sqlite/mail/local-mailboxes.ts';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openSafety } from '../../src/safety/open-safety.ts';
import { measureDiskUse, readDiskNotes } from '../../src/server/jobs/disk-use.ts';
import { startHomeJobs } from '../../src/server/jobs/home-jobs.ts';
import { sqliteHomeStores } from '../../src/store/home-stores.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import { numbered } from '../local/temporary-mailbox.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ann = 'ann@example.org';

/** A home with a local account and a process that does what a server does by itself. */
function startJobs(t: TestContext) {
  const home = locateHome({ GMAIL_HOME: temporaryFolder(t) });
  fillHome(home);
  const store = openMailStore(localMailboxFolder(home.dataFolder, ann));
  const mailbox = openLocalMailbox({ store, emailAddress: ann });
  const stores = sqliteHomeStores(home.dataFolder, Date.now);
  const { feed, jobs, webhooks } = stores;
  const accounts = createAccounts({}, selectBackend(parseConfiguration({}), home, Date.now, stores));
  const safety = openSafety(home, Date.now, stores);
  const start = () => {
    const runner = startHomeJobs({
      home,
      accounts,
      safety,
      feed,
      jobs,
      webhooks,
      timeZone: 'UTC',
      now: Date.now,
      hostNow: Date.now,
    });
    t.after(async () => {
      await runner.stop();
      await accounts.close();
      await stores.close();
      mailbox.close();
    });
  };
  return { home, mailbox, feed: feed.feed(), jobs: jobs.store(), start };
}

/** The record of a job once it has run. */
function firstRun(jobs: JobStore, job: string): Promise<JobRecord> {
  return eventually(`a run of ${job}`, async () =>
    (await jobs.list()).find(({ name, outcome }) => name === job && outcome !== undefined),
  );
}

test('what another program imports while servers run becomes events', { timeout: 60_000 }, async (t) => {
  const { mailbox, feed, start } = startJobs(t);
  start();
  const stop = new AbortController();
  await eventually('following a local account', () => feed.followedTo(ann));
  const ids = (await mailbox.addMessages(await numbered(600))).map(({ id }) => id);
  for await (const newest of feed.changes(stop.signal)) if (newest >= 600) stop.abort();
  const { events } = await feed.read({ after: 0, limit: 1000 });
  assert.deepEqual(new Set(events.map((event) => event.ids.messageId)), new Set(ids));
  assert.equal(events.length, 600);
});

test('what the home takes is noted once it is worth a note, for doctor', { timeout: 60_000 }, async (t) => {
  const { home, jobs, start } = startJobs(t);
  mkdirSync(home.logsFolder, { recursive: true });
  writeFileSync(join(home.logsFolder, 'gmail-mcp-server.log'), Buffer.alloc(20_000_000));
  assert.deepEqual(readDiskNotes(home), []);
  start();
  await firstRun(jobs, 'disk-use');
  const [{ bytes } = { bytes: 0 }, ...more] = readDiskNotes(home);
  assert.ok(bytes > 20_000_000 && bytes < 30_000_000, `${bytes}`);
  assert.deepEqual(more, []);
  assert.equal(measureDiskUse(home).get('logs'), 20_000_000);
  assert.ok((measureDiskUse(home).get('local mailboxes') ?? 0) > 4096);
});

test('uploads that nobody attached are deleted, and the job says so', { timeout: 60_000 }, async (t) => {
  const { home, jobs, start } = startJobs(t);
  const folder = join(home.dataFolder, 'uploads');
  mkdirSync(folder, { mode: 0o700 });
  for (const name of ['old', 'new']) writeFileSync(join(folder, name), 'four');
  const longAgo = new Date(Date.now() - 3_700_000);
  utimesSync(join(folder, 'old'), longAgo, longAgo);
  start();
  const { outcome, facts, runs } = await firstRun(jobs, 'uploads-sweep');
  assert.deepEqual(
    ['old', 'new'].map((name) => existsSync(join(folder, name))),
    [false, true],
  );
  assert.deepEqual([outcome, facts, runs], ['done', { bytesLeft: 4 }, 1]);
});
