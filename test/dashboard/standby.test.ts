import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashOf } from '../../src/safety/tokens/owner-token.ts';
import { postgresAt } from '../../src/store/postgres/open-postgres.ts';
import { hosts } from '../support/hosts.ts';
import { skipWithoutPostgres, startPostgres } from '../support/postgres.ts';
import { signIn, startDashboard } from './dashboard-server.ts';

test('pages are shown while the store takes no changes', { skip: skipWithoutPostgres }, async (t) => {
  // Stopped after what uses it.
  const cleaning: (() => void | Promise<void>)[] = [];
  const postgres = await startPostgres({ after: (clean) => cleaning.push(clean) });
  const [host = {}] = await hosts(t, postgres.create('mail'), 1);
  postgres.create('admin');
  const admin = postgresAt(postgres.address('admin'));
  const dashboard = await startDashboard(t, host);
  t.after(async () => {
    await admin.close();
    for (const clean of cleaning) await clean();
  });
  const { safety, now } = dashboard.assembly.services;
  const owner = { tokenName: 'owner', tokenSha256: hashOf(await safety.tokens.owner()) };
  const { path, cookie } = await signIn(dashboard, `/open/${await safety.signInLinks.create(owner, now())}`);
  // Long enough ago for the next use to be noted.
  const mail = postgresAt(postgres.address('mail'));
  assert.equal(await mail.run("UPDATE record SET at_ms = at_ms - 120000 WHERE kind = 'session'"), 1);
  await mail.close();
  await admin.run('ALTER DATABASE mail SET default_transaction_read_only = on');
  await admin.run("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = 'mail'");
  const statuses: number[] = [];
  // A pool finds out by the first connection that it hands out.
  for (let tries = 0; tries < 20 && statuses.at(-1) !== 200; tries += 1) {
    statuses.push((await dashboard.send('GET', `${path}/`, { cookie })).status);
  }
  assert.equal(statuses.at(-1), 200, statuses.join());
});
