import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../src/core/errors.ts';
import { postgresAt } from '../../src/store/postgres/open-postgres.ts';
import { skipWithoutPostgres, startPostgres } from '../support/postgres.ts';
import { ann, others, startAccounts } from './two-accounts.ts';

test(
  'every operation ends as it should or with UNAVAILABLE while the server takes no changes, and while connections end under it',
  { skip: skipWithoutPostgres },
  async (t) => {
    // Stopped after what uses it.
    const cleaning: (() => void | Promise<void>)[] = [];
    const postgres = await startPostgres({ after: (clean) => cleaning.push(clean) });
    const { call, inputs } = await startAccounts(t, { GMAIL_STORE: postgres.create('mail') });
    const admin = postgresAt(postgres.create('admin'));
    t.after(async () => {
      await admin.close();
      for (const clean of cleaning) await clean();
    });
    const endConnections = () =>
      admin.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'mail'");
    const counts = { done: 0, refused: 0, unavailable: 0 };
    const callAll = async () => {
      for (const [name, all] of Object.entries({ ...others, ...inputs })) {
        for (const input of all) {
          const error = await call(ann, name, input).then(
            () => undefined,
            (reason: unknown) => reason,
          );
          assert.ok(error === undefined || error instanceof AppError, `${name}: ${String(error)}`);
          assert.ok(error?.code !== 'INTERNAL', `${name}: ${String(error?.cause)}`);
          const isAway = error?.code === 'UNAVAILABLE' || error?.code === 'OUTCOME_UNKNOWN';
          counts[error === undefined ? 'done' : isAway ? 'unavailable' : 'refused'] += 1;
        }
      }
    };
    await admin.run('ALTER DATABASE mail SET default_transaction_read_only = on');
    await endConnections();
    await callAll();
    t.diagnostic(`no changes taken: ${JSON.stringify(counts)}`);
    assert.ok(counts.done > 10 && counts.unavailable > 10, JSON.stringify(counts));
    await admin.run('ALTER DATABASE mail RESET default_transaction_read_only');
    await endConnections();

    const over = new AbortController();
    const ending = (async () => {
      while (!over.signal.aborted) {
        await endConnections();
        await delay(20 + Math.random() * 200);
      }
    })();
    try {
      await callAll();
    } finally {
      over.abort();
      await ending;
    }
    t.diagnostic(`with connections that end: ${JSON.stringify(counts)}`);
    // A pool finds out by the first connection that it hands out.
    for (let tries = 0; ; tries += 1) {
      const profile = await call(ann, 'get_profile', {}).catch(() => undefined);
      if (profile !== undefined) break;
      assert.ok(tries < 20, 'it does not recover');
    }
  },
);
