import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { openSqliteAuditLog } from '../../src/store/sqlite/audit/open-audit-log.ts';
import { openSqliteOutbox } from '../../src/store/sqlite/outbox/open-outbox-store.ts';
import { sendStates, sendSteps, type SendState, type SendStep } from '../../src/store/outbox/send-states.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { account, messageOf } from './outbox-parts.ts';

/** What each step leads to from each state, written down a second time; a dot is a step that may not be made. */
const expected: Readonly<Record<SendStep, string>> = {
  //        parked    waiting   drafting sending unknown failed   sent rejected cancelled
  approve: '  drafting .         .        .       .       drafting .    .        .',
  reject: '   rejected .         .        .       .       .        .    .        .',
  send: '   .        drafting  .        .       .       .        .    .        .',
  cancel: '   .        cancelled .        .       .       .        .    .        .',
  retry: '    .        .         .        .       .       drafting .    .        .',
  park: '     .        .         parked   .       .       .        .    .        .',
  postpone: ' .        .         waiting  waiting .       .        .    .        .',
  attempt: '  .        .         sending  .       .       .        .    .        .',
  fail: '     .        .         failed   failed  failed  .        .    .        .',
  markUnknown: '    .        .         unknown  unknown unknown .        .    .        .',
  confirm: '  .        .         sent     sent    sent    sent     .    .        .',
};

const steps = Object.keys(sendSteps) as readonly SendStep[];

/** An outbox whose one entry can be put into any state. */
function startEntry(context: TestContext) {
  const folder = temporaryFolder(context);
  const file = join(folder, 'outbox.db');
  const store = openSqliteOutbox(file, () => openSqliteAuditLog(join(folder, 'audit.db'), Date.now), Date.now);
  const database = new DatabaseSync(file);
  context.after(() => {
    store.close();
    database.close();
  });
  return async (state: SendState) => {
    database.exec('DELETE FROM send');
    const { kind } = await store.add({
      id: 'entry',
      account,
      key: 'key k',
      keyMs: 1000,
      state: 'parked',
      sendsAtMs: 0,
      operation: 'send_message',
      actor: { transport: 'rest', requestId: 'r' },
      message: messageOf('one'),
      limits: [],
    });
    assert.equal(kind, 'added');
    database.prepare('UPDATE send SET state = ?').run(state);
    return store;
  };
}

test('lets a send make the steps of the table from every state, and no other', async (t) => {
  const entryIn = startEntry(t);
  for (const step of steps) {
    const row = expected[step].trim().split(/\s+/);
    for (const [index, state] of sendStates.entries()) {
      const wanted = row[index];
      const may = wanted !== '.';
      const place = `${step} from ${state}`;

      const free = await entryIn(state);
      assert.equal(await free.move('entry', step), may, place);
      assert.equal((await free.get('entry'))?.state, may ? wanted : state, place);

      const taken = await entryIn(state);
      const held = await taken.take('entry', step);
      assert.equal(held?.entry.state, may ? wanted : undefined, place);
      assert.equal((await taken.get('entry'))?.state, may ? wanted : state, place);
      // Nobody else gets it while it is held.
      if (held !== undefined) {
        assert.equal(await taken.take('entry'), undefined, place);
        for (const other of steps) assert.equal(await taken.move('entry', other), false, place);
      }
    }
  }
});

test('lets only whoever holds an entry go on with it', async (t) => {
  const entryIn = startEntry(t);
  for (const state of ['drafting', 'sending', 'unknown'] as const) {
    for (const step of steps) {
      const store = await entryIn(state);
      const held = await store.take('entry');
      assert.ok(held !== undefined);
      const lost = { ...held.hold, fence: held.hold.fence - 1 };
      assert.equal(await store.advance(lost, step), false);
      assert.equal(await store.note(lost, { draftId: 'd' }), false);
      assert.equal((await store.get('entry'))?.state, state);
      assert.equal((await store.get('entry'))?.progress.draftId, undefined);
      const wanted = expected[step].trim().split(/\s+/)[sendStates.indexOf(state)];
      if (wanted === '.') await assert.rejects(store.advance(held.hold, step), /no step/);
      else assert.equal(await store.advance(held.hold, step), true);
      assert.equal((await store.get('entry'))?.state, wanted === '.' ? state : wanted);
    }
  }
});

test('takes a proof of having been sent from every state that it leads out of, whoever brings it', async (t) => {
  const entryIn = startEntry(t);
  const filed = { id: '1', threadId: '1', labelIds: ['SENT'] };
  for (const [index, state] of sendStates.entries()) {
    const store = await entryIn(state);
    const isSent = expected.confirm.trim().split(/\s+/)[index] === 'sent' || state === 'sent';
    assert.equal(await store.confirm({ id: 'entry', fence: -1 }, filed), isSent, state);
    assert.equal((await store.get('entry'))?.state, isSent ? 'sent' : state);
  }
});

test('keeps the message as long as it may still leave', async (t) => {
  const entryIn = startEntry(t);
  for (const state of sendStates) {
    const store = await entryIn(state);
    for (const step of steps) {
      if (!(await store.move('entry', step))) continue;
      const now = await store.get('entry');
      const isFinal = now?.state === 'sent' || now?.state === 'rejected' || now?.state === 'cancelled';
      assert.equal((await store.raw('entry')) === undefined, isFinal, `${step} from ${state}`);
      assert.equal(now?.message.text === '', isFinal);
      break;
    }
  }
});
