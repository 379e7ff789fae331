import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { createAccounts } from '../../src/accounts/accounts.ts';
import { selectBackend } from '../../src/accounts/select-backend.ts';
import { parseConfiguration } from '../../src/core/configuration.ts';
import { fillHome, locateHome } from '../../src/core/home.ts';
import type { JobTrouble } from '../../src/core/jobs/run-jobs.ts';
import { runJobs } from '../../src/core/jobs/run-jobs.ts';
import { createLogger } from '../../src/core/logger.ts';
import { openCredentialStore } from '../../src/gmail/credentials/open-credential-store.ts';
import { answerHealth } from '../../src/server/health.ts';
import { startHttpServer } from '../../src/server/http-server.ts';
import { sqliteHomeStores } from '../../src/store/home-stores.ts';
import { openSqliteJobStore } from '../../src/store/sqlite/jobs/open-job-store.ts';
import { loginOf } from '../gmail/channel-parts.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const account = 'me@example.org';

/** A server of which only its health is asked for, with everything that it stands on. */
async function start(t: TestContext, environment: Readonly<Record<string, string>> = {}) {
  const home = locateHome({ GMAIL_HOME: temporaryFolder(t) });
  fillHome(home);
  const configuration = parseConfiguration(environment);
  const stores = sqliteHomeStores(home.dataFolder, Date.now);
  const accounts = createAccounts(configuration, selectBackend(configuration, home, Date.now, stores));
  const state = { isStopping: false, jobs: [] as readonly JobTrouble[] };
  const server = await startHttpServer({
    handler: { name: 'rest', publicRoutes: new Map(), handle: async () => {}, close: async () => {} },
    health: answerHealth({
      accounts,
      jobs: async () => state.jobs,
      hasSharedStore: false,
      isStopping: () => state.isStopping,
      viewer: ({ request }) =>
        ({ 'Bearer right': {}, 'Bearer other': { accounts: new Set(['other@example.org']) } })[
          request.headers.authorization ?? ''
        ],
    }),
    renderMetrics: async () => '',
    configuration: { host: '127.0.0.1', allowedHosts: [], auth: 'token', grants: new Set() },
    port: 0,
    portVariable: 'GMAIL_API_PORT',
    checkToken: () => undefined,
    logger: createLogger('test', 'error', () => {}),
    environment: {},
  });
  t.after(async () => {
    await server.close(100);
    await accounts.close();
    await stores.close();
  });
  const ask = async (token?: string) => {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(`http://127.0.0.1:${server.port}/health/ready`, { headers });
    const json = (await response.json()) as Record<string, unknown>;
    return { status: response.status, json };
  };
  return { home, state, ask, accounts };
}

test('a server on mail of this machine is ready, and names its account to those who show a token', async (t) => {
  const { ask } = await start(t);
  const { status, json } = await ask();
  assert.deepEqual([status, json.status, json.reasons, json.pid], [200, 'ready', [], process.pid]);
  assert.ok(!JSON.stringify(json).includes('@'));
  assert.equal((await ask('right')).json.account, 'demo@gmail-llm.example');
});

test('without a login the server serves, and says why it is of little use', async (t) => {
  const { ask } = await start(t, { GMAIL_BACKEND: 'gmail' });
  const { status, json } = await ask();
  assert.deepEqual([status, json.status, json.reasons, json.details], [200, 'degraded', ['LOGIN_MISSING'], undefined]);
  assert.deepEqual((await ask('right')).json.details, [
    { code: 'LOGIN_MISSING', message: 'No Gmail account is logged in.', hint: 'Run `gmail-llm login`.' },
  ]);
});

test('a grant that is gone is said, the other account still counts, and nobody is asked', async (t) => {
  // Where Google would be, nobody is.
  const root = { GMAIL_API_ROOT_URL: 'http://127.0.0.1:1/', GMAIL_OAUTH_ROOT_URL: 'http://127.0.0.1:1/' };
  const { ask, home } = await start(t, { GMAIL_BACKEND: 'gmail', ...root });
  const store = openCredentialStore(home.dataFolder, { keyStore: 'file' });
  t.after(() => store.close());
  await store.save(loginOf());
  await store.save(loginOf({ emailAddress: 'other@example.org' }));
  assert.deepEqual((await ask()).json.reasons, []);
  await store.markReauth(account, (await store.info(account))?.generation ?? 0, 'It was revoked.');
  const { status, json } = await ask();
  assert.deepEqual([status, json.status, json.reasons], [200, 'degraded', ['REAUTH_REQUIRED']]);
  assert.ok(!JSON.stringify(json).includes('@'));
  const shown = (await ask('right')).json;
  assert.equal(shown.account, 'other@example.org');
  const limited = (await ask('other')).json;
  assert.deepEqual([limited.account, limited.details, limited.reasons], ['other@example.org', [], ['REAUTH_REQUIRED']]);
  assert.match(JSON.stringify(shown.details), /"account":"me@example\.org".*gmail-llm login --account me@example\.org/);
});

test('an account that is configured and not there is a reason, not the end', async (t) => {
  assert.deepEqual((await (await start(t, { GMAIL_ACCOUNT: account })).ask()).json.reasons, ['ACCOUNT_MISSING']);
  const live = await start(t, { GMAIL_BACKEND: 'gmail', GMAIL_ACCOUNT: account });
  assert.deepEqual((await live.ask()).json.reasons, ['LOGIN_MISSING']);
});

test('a store that is away is 503: no call can be served', async (t) => {
  const { ask, home } = await start(t);
  // A file stands where the folder of mail would be made.
  rmSync(home.dataFolder, { recursive: true });
  writeFileSync(home.dataFolder, '');
  const { status, json } = await ask();
  assert.deepEqual([status, json.status, json.reasons], [503, 'unready', ['UNAVAILABLE']], JSON.stringify(json));
});

test('a server that was told to stop is 503', async (t) => {
  const { ask, state } = await start(t);
  state.isStopping = true;
  assert.deepEqual([(await ask()).status, (await ask()).json.reasons], [503, ['UNAVAILABLE']]);
  assert.equal((await ask('right')).json.reason, 'The server is stopping.');
});

test('a job that fails again and again, or cannot be begun, is a reason', { timeout: 30_000 }, async (t) => {
  const { ask, state } = await start(t);
  let passedMs = 0;
  const store = openSqliteJobStore(temporaryFolder(t), Date.now);
  t.after(() => store.close());
  let isAway = false;
  const runner = runJobs({
    jobs: [
      {
        name: 'failing',
        summary: 'Fails.',
        everyMs: 1,
        retryMs: { first: 1, most: 1 },
        run: async () => {
          throw new Error('no luck');
        },
      },
    ],
    store() {
      if (isAway) throw new Error('the store is away');
      return store;
    },
    now: Date.now,
    random: () => 0,
    monotonicMs: () => performance.now() + passedMs,
  });
  t.after(() => runner.stop());
  const until = async (code: string) => {
    for (;;) {
      const troubles = await runner.troubles();
      if (troubles.some((trouble) => trouble.code === code)) return troubles;
      passedMs += 10_000;
      runner.wake('failing');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  state.jobs = await until('JOB_FAILING');
  assert.deepEqual(state.jobs, [{ code: 'JOB_FAILING', job: 'failing', message: 'no luck' }]);
  assert.deepEqual((await ask()).json.reasons, ['JOB_FAILING']);
  isAway = true;
  await until('JOB_LATE');
  isAway = false;
  await until('JOB_FAILING');
});
