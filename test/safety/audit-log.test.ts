import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { suite, test, type TestContext } from 'node:test';
import type { AuditLog, IntendedChange } from '../../src/store/audit/audit-log.ts';
import { openSqliteAuditLog } from '../../src/store/sqlite/audit/open-audit-log.ts';
import { childEnvironment } from '../support/child-environment.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const noonMs = Date.UTC(2026, 10, 22, 12);
const change: IntendedChange = {
  account: 'me@example.org',
  actor: { transport: 'mcp', requestId: 'request-1', tokenName: 'agent' },
  operation: 'modify_messages',
  method: 'modifyMessages',
  target: { ids: ['a'], addLabelIds: ['STARRED'], removeLabelIds: [] },
  from: null,
};

function open(t: TestContext, file = join(temporaryFolder(t), 'data', 'audit.db')): { log: AuditLog; file: string } {
  let nowMs = noonMs;
  const log = openSqliteAuditLog(file, () => (nowMs += 1000));
  t.after(() => log.close());
  return { log, file };
}

/** The database as somebody with the file in hand would change it. */
function tamper(file: string, sql: string): void {
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
}

suite('the audit log', () => {
  test('tells of a change twice, before it is made and after, with who asked for it', async (t) => {
    const { log, file } = open(t);
    const sequence = await log.begin(change);
    await log.end(sequence, { kind: 'done', to: [{ ids: ['a'] }] });
    const [end, begun] = await log.list({ limit: 10 });
    assert.deepEqual(
      { ...begun, hash: '' },
      {
        sequence: 1,
        at: '2026-11-22T12:00:01.000Z',
        account: 'me@example.org',
        event: 'begun',
        transport: 'mcp',
        tokenName: 'agent',
        requestId: 'request-1',
        operation: 'modify_messages',
        facts: { method: 'modifyMessages', target: change.target, from: null },
        hash: '',
      },
    );
    assert.equal(end?.of, 1);
    assert.equal(end?.event, 'done');
    assert.deepEqual(end?.facts, { to: [{ ids: ['a'] }] });
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  test('keeps the beginning of a change whose end was never written', async (t) => {
    const file = join(temporaryFolder(t), 'audit.db');
    await open(t, file).log.begin(change);
    const [begun] = await open(t, file).log.list({ limit: 10 });
    assert.equal(begun?.event, 'begun');
  });

  test('lists the newest first, of one account or one token or since a time', async (t) => {
    const { log } = open(t);
    await log.begin(change);
    await log.begin({ ...change, account: 'other@example.org' });
    await log.begin({ ...change, actor: { transport: 'rest', requestId: 'request-2' } });
    const sequences = async (filter: object): Promise<number[]> =>
      (await log.list({ limit: 10, ...filter })).map(({ sequence }) => sequence);
    assert.deepEqual(await sequences({}), [3, 2, 1]);
    assert.deepEqual(await sequences({ limit: 2 }), [3, 2]);
    assert.deepEqual(await sequences({ account: 'me@example.org' }), [3, 1]);
    assert.deepEqual(await sequences({ tokenName: 'agent' }), [2, 1]);
    assert.deepEqual(await sequences({ sinceMs: noonMs + 2000 }), [3, 2]);
  });

  test('cannot be changed through the database, and shows where it was changed around it', async (t) => {
    for (const [sql, expected] of [
      ["UPDATE entry SET facts = '{}' WHERE sequence = 2", 2],
      ["UPDATE entry SET account = 'x' WHERE sequence = 3", 3],
      ['DELETE FROM entry WHERE sequence = 2', 3],
      ['UPDATE entry SET at_ms = at_ms + 1 WHERE sequence = 1', 1],
      ['DELETE FROM entry WHERE sequence = 4', 4],
    ] as const) {
      const { log, file } = open(t);
      for (let index = 0; index < 4; index += 1) await log.begin(change);
      assert.equal(await log.findBreak(), undefined);
      assert.throws(() => tamper(file, sql), /the audit log only grows/);
      tamper(file, `DROP TRIGGER entry_stays; DROP TRIGGER entry_is_final; ${sql}`);
      assert.equal(await log.findBreak(), expected, sql);
    }
  });

  test('shows an entry that another log has at the same place', async (t) => {
    const [own, foreign] = [open(t), open(t)];
    for (let index = 0; index < 3; index += 1) await own.log.begin(change);
    await foreign.log.begin({ ...change, account: 'other@example.org' });
    for (let index = 0; index < 2; index += 1) await foreign.log.begin(change);
    const graft = `ATTACH '${foreign.file}' AS foreign_log; DELETE FROM entry WHERE sequence = 2;
      INSERT INTO entry SELECT * FROM foreign_log.entry WHERE sequence = 2`;
    tamper(own.file, `DROP TRIGGER entry_stays; DROP TRIGGER entry_is_final; ${graft}`);
    assert.equal(await own.log.findBreak(), 2);
  });

  test('stays one chain when several processes write at once', async (t) => {
    const { log, file } = open(t);
    const source = join(import.meta.dirname, '../../src/store/sqlite/audit/open-audit-log.ts');
    const script = `
      import { openSqliteAuditLog } from ${JSON.stringify(source)};
      const log = openSqliteAuditLog(${JSON.stringify(file)}, Date.now);
      for (let index = 0; index < 50; index += 1) {
        await log.end(await log.begin(${JSON.stringify(change)}), { kind: 'done', to: index });
      }
      log.close();`;
    const children = Array.from({ length: 3 }, () =>
      spawn(process.execPath, ['--input-type=module-typescript', '--eval', script], {
        env: childEnvironment,
        stdio: 'inherit',
      }),
    );
    const codes = await Promise.all(children.map(async (child) => (await once(child, 'close'))[0]));
    assert.deepEqual(codes, [0, 0, 0]);
    assert.equal((await log.list({ limit: 1000 })).length, 300);
    assert.equal(await log.findBreak(), undefined);
  });

  test('finds the attempts of a send that have no end, however much was written since', async (t) => {
    const { log } = open(t);
    const send = (outboxId: string) => log.begin({ ...change, method: 'sendDraft', target: { outboxId } });
    const lost = await send('a');
    const ended = await send('a');
    await log.end(ended, { kind: 'done', to: null });
    await send('b');
    await log.begin({ ...change, method: 'settleSend', target: { outboxId: 'a' } });
    for (let index = 0; index < 300; index += 1) await log.begin(change);
    assert.deepEqual(await log.listOpenSends('a'), [lost]);
    await log.end(lost, { kind: 'failed', code: 'UNAVAILABLE', message: 'It was interrupted.' });
    assert.deepEqual(await log.listOpenSends('a'), []);
  });

  test('finds the newest change of a token that can be taken back, and each only once', async (t) => {
    const { log } = open(t);
    const deleting = (id: string) =>
      JSON.stringify({ steps: [{ method: 'deleteFilter', args: [id] }], text: 'Deleted.' });
    const inverse = deleting('f1');
    const first = await log.begin(change);
    await log.end(first, { kind: 'done', to: null, inverse });
    const foreign = await log.begin({ ...change, actor: { transport: 'rest', requestId: 'r', tokenName: 'program' } });
    await log.end(foreign, { kind: 'done', to: null, inverse: deleting('f2') });
    const undo = await log.begin({ ...change, operation: 'undo' });
    await log.end(undo, { kind: 'done', to: null, inverse: deleting('f3') });
    const failed = await log.begin(change);
    await log.end(failed, { kind: 'failed', code: 'NOT_FOUND', message: 'gone' });

    const by = { account: 'me@example.org', tokenName: 'agent' };
    assert.deepEqual(await log.findUndoable(by), {
      sequence: first,
      at: '2026-11-22T12:00:02.000Z',
      operation: 'modify_messages',
      inverse,
    });
    assert.equal((await log.findUndoable({ ...by, sequence: undo }))?.sequence, undo);
    assert.equal(await log.findUndoable({ ...by, sequence: foreign }), undefined);
    assert.equal((await log.findUndoable({ ...by, tokenName: undefined }))?.sequence, foreign);
    assert.equal(await log.findUndoable({ ...by, account: 'other@example.org' }), undefined);
    assert.equal(await log.markUndone(first), true);
    assert.equal(await log.markUndone(first), false);
    assert.equal(await log.findUndoable(by), undefined);
  });
});
