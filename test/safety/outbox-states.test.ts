import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { openDatabase } from '../../src/store/sqlite/open-database.ts';
import { outboxFormat } from '../../src/safety/outbox/outbox-format.ts';
import { openOutboxStore } from '../../src/safety/outbox/outbox-store.ts';
import { sendStates, sendSteps, type SendState, type SendStep } from '../../src/safety/outbox/send-states.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { account, messageOf } from './outbox-parts.ts';

/** What each step leads to from each state, written down a second time; a dot is a step that may not be made. */
const expected: Readonly<Record<SendStep, string>> = {
  //        parked    waiting   drafting sending unknown failed   sent rejected cancelled
  approve: '  drafting .         .        .       .       drafting .    .        .',
  reject: '   rejected .         .        .       .       .        .    .        .',
  depart: '   .        drafting  .        .       .       .        .    .        .',
  cancel: '   .        cancelled .        .       .       .        .    .        .',
  retry: '    .        .         .        .       .       drafting .    .        .',
  park: '     .        .         parked   .       .       .        .    .        .',
  postpone: ' .        .         waiting  waiting .       .        .    .        .',
  attempt: '  .        .         sending  .       .       .        .    .        .',
  fail: '     .        .         failed   failed  failed  .        .    .        .',
  doubt: '    .        .         unknown  unknown unknown .        .    .        .',
  confirm: '  .        .         sent     sent    sent    sent     .    .        .',
};

const steps = Object.keys(sendSteps) as readonly SendStep[];

/** An outbox whose one entry can be put into any state. */
function startEntry(context: TestContext) {
  const file = join(temporaryFolder(context), 'outbox.db');
  const store = openOutboxStore(file, Date.now);
  const database = openDatabase(file, outboxFormat);
  context.after(() => {
    store.close();
    database.close();
  });
  return (state: SendState) => {
    database.run('DELETE FROM send');
    const { kind } = store.add({
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
    database.run('UPDATE send SET state = ?', state);
    return store;
  };
}

test('lets a send make the steps of the table from every state, and no other', (t) => {
  const entryIn = startEntry(t);
  for (const step of steps) {
    const row = expected[step].trim().split(/\s+/);
    for (const [index, state] of sendStates.entries()) {
      const wanted = row[index];
      const may = wanted !== '.';
      const place = `${step} from ${state}`;

      const free = entryIn(state);
      assert.equal(free.move('entry', step), may, place);
      assert.equal(free.get('entry')?.state, may ? wanted : state, place);

      const taken = entryIn(state);
      const held = taken.take('entry', step);
      assert.equal(held?.entry.state, may ? wanted : undefined, place);
      assert.equal(taken.get('entry')?.state, may ? wanted : state, place);
      // Nobody else gets it while it is held.
      if (held !== undefined) {
        assert.equal(taken.take('entry'), undefined, place);
        for (const other of steps) assert.equal(taken.move('entry', other), false, place);
      }
    }
  }
});

test('lets only whoever holds an entry go on with it', (t) => {
  const entryIn = startEntry(t);
  for (const state of ['drafting', 'sending', 'unknown'] as const) {
    for (const step of steps) {
      const store = entryIn(state);
      const held = store.take('entry');
      assert.ok(held !== undefined);
      const lost = { ...held.hold, fence: held.hold.fence - 1 };
      assert.equal(store.advance(lost, step), false);
      assert.equal(store.note(lost, { draftId: 'd' }), false);
      assert.equal(store.get('entry')?.state, state);
      assert.equal(store.get('entry')?.progress.draftId, undefined);
      const wanted = expected[step].trim().split(/\s+/)[sendStates.indexOf(state)];
      if (wanted === '.') assert.throws(() => store.advance(held.hold, step), /no step/);
      else assert.equal(store.advance(held.hold, step), true);
      assert.equal(store.get('entry')?.state, wanted === '.' ? state : wanted);
    }
  }
});

test('takes a proof of having been sent from every state that it leads out of, whoever brings it', (t) => {
  const entryIn = startEntry(t);
  const filed = { id: '1', threadId: '1', labelIds: ['SENT'] };
  for (const [index, state] of sendStates.entries()) {
    const store = entryIn(state);
    const isSent = expected.confirm.trim().split(/\s+/)[index] === 'sent' || state === 'sent';
    assert.equal(store.confirm({ id: 'entry', fence: -1 }, filed), isSent, state);
    assert.equal(store.get('entry')?.state, isSent ? 'sent' : state);
  }
});

test('keeps the message as long as it may still leave', (t) => {
  const entryIn = startEntry(t);
  for (const state of sendStates) {
    const store = entryIn(state);
    for (const step of steps) {
      if (!store.move('entry', step)) continue;
      const now = store.get('entry');
      const isFinal = now?.state === 'sent' || now?.state === 'rejected' || now?.state === 'cancelled';
      assert.equal(store.raw('entry') === undefined, isFinal, `${step} from ${state}`);
      assert.equal(now?.message.text === '', isFinal);
      break;
    }
  }
});
