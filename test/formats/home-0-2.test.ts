import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { suite, test } from 'node:test';
import { openMailCache } from '../../src/gmail/cache/mail-cache.ts';
import { openSharedState } from '../gmail/open-shared-state.ts';
import { openTokenStore } from '../../src/gmail/channel/token-store.ts';
import { openCredentialStore } from '../../src/gmail/credentials/open-credential-store.ts';
import { openSqliteAuditLog } from '../../src/store/sqlite/audit/open-audit-log.ts';
import { openSqliteOutbox } from '../../src/store/sqlite/outbox/open-outbox-store.ts';
import { oldHome } from './old-home.ts';

const account = 'me@example.org';
/** A day after the audit log and the outbox were written; the state was at a time of its own. */
const now = () => Date.UTC(2026, 10, 29);
const noon = () => Date.UTC(2026, 5, 15, 12);

suite('a home of version 0.2', () => {
  test('has its audit log, whose chain holds and goes on', async (t) => {
    const log = openSqliteAuditLog(join(oldHome(t, '0.2'), 'audit.db'), now);
    t.after(() => log.close());
    assert.equal(await log.findBreak(), undefined);
    const entries = await log.list({ limit: 99 });
    assert.equal(entries.length, 9);
    assert.deepEqual(new Set(entries.map(({ event }) => event)), new Set(['begun', 'done', 'failed']));
    const [begun] = entries;
    assert.deepEqual([begun?.operation, begun?.transport, begun?.tokenName], ['open_ended', 'mcp', 'laptop']);
    assert.ok(entries.some(({ transport, requestId }) => transport === 'cli' && requestId === 'request of reject'));
    const undoable = await log.findUndoable({ account, tokenName: 'laptop' });
    assert.equal(undoable?.operation, 'modify_messages');
    await log.end(begun?.sequence ?? 0, { kind: 'failed', code: 'INTERNAL', message: 'It ended in another version.' });
    assert.equal(await log.findBreak(), undefined);
    assert.equal((await log.list({ limit: 99 })).length, 10);
    assert.equal(await log.markUndone(undoable?.sequence ?? 0), true);
  });

  test('has its outbox, and what waits in it can be sent', async (t) => {
    const folder = oldHome(t, '0.2');
    const audit = () => openSqliteAuditLog(join(folder, 'audit.db'), now);
    const store = openSqliteOutbox(join(folder, 'outbox.db'), audit, now);
    t.after(() => store.close());
    const entries = await store.list({ limit: 99 });
    assert.deepEqual(
      entries.map(({ state }) => state),
      ['cancelled', 'waiting', 'rejected', 'parked', 'sent'],
    );
    const [, waiting, , parked, sent] = entries;
    assert.equal((await store.findByKey(account, 'key key of parked', 48 * 3_600_000))?.id, parked?.id);
    assert.match(Buffer.from((await store.raw(waiting?.id ?? '')) ?? []).toString(), /^Subject: waiting\r$/m);
    assert.equal(await store.raw(sent?.id ?? ''), undefined);
    assert.equal((await store.take(parked?.id ?? '', 'approve'))?.entry.state, 'drafting');
    const held = (await store.take(waiting?.id ?? '', 'send')) ?? assert.fail('it is free');
    assert.equal(await store.advance(held.hold, 'attempt'), true);
    assert.equal(await store.confirm(held.hold, { id: '1', threadId: '1', labelIds: ['SENT'] }), true);
    assert.equal((await store.get(waiting?.id ?? ''))?.state, 'sent');
  });

  test('has its logins, token and leases', async (t) => {
    const dataFolder = oldHome(t, '0.2');
    const store = openCredentialStore(dataFolder, { keyStore: 'file' });
    const state = openSharedState(dataFolder, { now: noon });
    t.after(async () => {
      await state.close();
      store.close();
    });
    const { credential, generation } = await store.read(account);
    assert.equal(generation, 1);
    assert.ok(credential.kind === 'oauth');
    assert.deepEqual([credential.refreshToken, credential.clientSecret], ['refresh-of-0.2', 'client-secret']);
    assert.equal((await store.info('robot@example.org'))?.reauthReason, 'It was revoked.');
    const robot = (await store.read('robot@example.org')).credential;
    assert.equal(robot.kind === 'serviceAccount' && robot.privateKey, 'private key of 0.2');
    assert.equal((await openTokenStore(account, store, state).read(1))?.accessToken, 'access-token-of-0.2');
    assert.equal((await state.leases.take('held', 3_600_000))?.fence, 2, 'its holder was a process that has ended');
  });

  test('has a cache whose place in the history still holds; what it keeps otherwise is asked for again', async (t) => {
    const dataFolder = oldHome(t, '0.2');
    const store = openCredentialStore(dataFolder, { keyStore: 'file' });
    const file = join(dataFolder, 'gmail', `cache-${account}.db`);
    const cache = openMailCache({ file, key: await store.cacheKey(account), maxBytes: 50_000_000 }, account, noon);
    t.after(() => {
      cache.close();
      store.close();
    });
    assert.ok(cache.standing() !== undefined);
    const database = new DatabaseSync(file);
    const [row] = database.prepare('SELECT id FROM message').all();
    database.close();
    // 0.3 reads more of a message than 0.2 kept.
    assert.equal(await cache.body(String(row?.id)), undefined);
    assert.ok(cache.standing() !== undefined);
  });

  test('has no file that no test here opens', (t) => {
    const files = readdirSync(oldHome(t, '0.2'), { recursive: true, encoding: 'utf8' });
    assert.deepEqual(files.filter((file) => /\.db$|key$/.test(file)).toSorted(), [
      'audit.db',
      'gmail/accounts.db',
      `gmail/cache-${account}.db`,
      'gmail/key',
      'gmail/state.db',
      `local/${account}/mailbox.db`,
      `local/${account}/raw.db`,
      'outbox.db',
    ]);
  });
});
