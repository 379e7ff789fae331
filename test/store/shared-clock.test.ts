import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate, setTimeout as delay } from 'node:timers/promises';
import { grants } from '../../src/core/grants.ts';
import { postgresAt } from '../../src/store/postgres/open-postgres.ts';
import { startHomeJobs } from '../../src/server/jobs/home-jobs.ts';
import { hashOf } from '../../src/safety/tokens/owner-token.ts';
import { buildMail } from '../build-mail.ts';
import { logIn, runCommand } from '../cli/command-harness.ts';
import { signIn, startDashboard } from '../dashboard/dashboard-server.ts';
import { startTestEmulator } from '../support/emulator.ts';
import { hosts } from '../support/hosts.ts';
import { skipWithoutPostgres, startPostgres } from '../support/postgres.ts';

const skewMs = 2 * 3_600_000;

test(
  'hosts whose clocks are two hours early and late agree on links, sessions, tokens, jobs and how old a mirror is',
  { skip: skipWithoutPostgres },
  async (t) => {
    // Stopped after what uses it.
    const cleaning: (() => void | Promise<void>)[] = [];
    const postgres = await startPostgres({ after: (clean) => cleaning.push(clean) });
    const emulator = await startTestEmulator(t);
    const google = {
      GMAIL_BACKEND: 'gmail',
      GMAIL_MIRROR: 'on',
      GMAIL_API_ROOT_URL: emulator.rootUrl,
      GMAIL_OAUTH_ROOT_URL: emulator.rootUrl,
      GMAIL_CLIENT_ID: emulator.account.clientId,
      GMAIL_CLIENT_SECRET: emulator.account.clientSecret,
    };
    const [one = {}, other = {}] = (await hosts(t, postgres.create('mail'), 2)).map((host) => ({ ...host, ...google }));
    await emulator.deliver(undefined, buildMail({ subject: 'Quaternions' }));
    assert.equal((await logIn(one)).code, 0);
    assert.equal((await runCommand(['sync'], one)).code, 0);

    const early = await startDashboard(t, one, () => Date.now() + skewMs);
    const late = await startDashboard(t, other, () => Date.now() - skewMs);
    t.after(async () => {
      for (const clean of cleaning) await clean();
    });
    for (const [here, there] of [
      [early, late],
      [late, early],
    ] as const) {
      const { safety, now } = here.assembly.services;
      assert.ok(Math.abs(now() - Date.now()) < skewMs / 4, `${now() - Date.now()} ms`);
      const owner = { tokenName: 'owner', tokenSha256: hashOf(await safety.tokens.owner()) };
      const session = await signIn(there, `/open/${await safety.signInLinks.create(owner, now())}`);
      const { status, text } = await here.send('GET', `${session.path}/accounts`, { cookie: session.cookie });
      assert.equal(status, 200);
      assert.match(text, /id="mirrors".*whole.*state good"><span>\d+ (?:s|min) old/s);
      assert.doesNotMatch(text, /stale:|>-\d/);

      const name = `agent-${here === early ? 'early' : 'late'}`;
      const expiresAt = new Date(now() + skewMs / 4).toISOString();
      const token = await safety.tokens.create({ name, grants: ['read'], expiresAt }, new Date(now()));
      for (const { assembly } of [here, there]) {
        const lookUp = assembly.services.safety.tokens.lookUp(new Set(grants));
        assert.equal((await lookUp(hashOf(token)))?.name, name);
      }

      // Whoever follows the account says when it is due again.
      const jobs = here.assembly.services.jobs.store();
      const recordOf = async () => (await jobs.list()).find((record) => record.name === 'gmail-history');
      const { runs = 0 } = (await recordOf()) ?? {};
      const runner = startHomeJobs(here.assembly.services);
      try {
        while (((await recordOf())?.runs ?? 0) <= runs) await delay(50, undefined, { signal: t.signal });
      } finally {
        await runner.stop();
      }
      const dueMs = (await recordOf())?.nextMs ?? 0;
      assert.ok(Math.abs(dueMs - Date.now()) < skewMs / 4, `due in ${dueMs - Date.now()} ms`);
    }
  },
);

test('an answer that is read late does not put the shared clock back', { skip: skipWithoutPostgres }, async (t) => {
  const database = postgresAt((await startPostgres(t)).create('mail'), undefined, () => Date.now() + skewMs);
  t.after(() => database.close());
  await database.read(async () => undefined);
  for (let count = 0; count < 3; count += 1) {
    const answered = database.read(async () => undefined);
    await setImmediate();
    // As a process does that has much to do, or is asleep.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
    await answered;
    assert.ok(Math.abs(database.now() - Date.now()) < 500, `${database.now() - Date.now()} ms`);
  }
});
