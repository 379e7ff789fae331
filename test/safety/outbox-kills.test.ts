import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestEmulator } from '../support/emulator.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import {
  answerOf,
  auditFaults,
  countSent,
  messageOf,
  openEmulatedMailbox,
  openTestOutbox,
  senderOf,
} from './outbox-parts.ts';
import { startSendingChild } from './outbox-processes.ts';

/** More than a send makes. */
const mostCalls = 30;
const atOnce = 3;

test('sends once whatever call of a send is the last of its process', async (t) => {
  const emulator = await startTestEmulator(t, { settings: { unitsPerMinute: 10_000_000, concurrentCalls: 100 } });
  const { rootUrl } = emulator;
  const { accessToken } = emulator.account;
  let call = 0;
  let isThrough = false;
  const told: string[] = [];

  async function killAt(killAtCall: number): Promise<void> {
    const home = temporaryFolder(t);
    const subject = `killed at ${killAtCall}`;
    const child = await startSendingChild(t, { home, emulator: { rootUrl, accessToken }, killAtCall });
    const first = await child.ask({ kind: 'send', subject, key: 'k' });
    await child.kill();
    if (first !== 'killed') isThrough = true;

    const { outbox, pass, work, audit, store } = openTestOutbox(t, home);
    const mailbox = openEmulatedMailbox(t, home, { rootUrl, accessToken });
    pass(21_000);
    const again = () => answerOf(outbox.send(senderOf(mailbox), messageOf(subject), { idempotencyKey: 'k' }));
    const second = await again();
    told.push(`${killAtCall}: ${first}, ${second}`);
    if (second !== 'sent') {
      assert.equal(second, 'OUTCOME_UNKNOWN');
      pass(61_000);
      await work(mailbox);
      assert.equal((await store.list({ limit: 1 }))[0]?.state, 'failed');
      assert.equal(await again(), 'sent');
    }
    await work(mailbox);
    assert.equal((await countSent(emulator.mailbox())).get(subject), 1, subject);
    const faults = auditFaults(audit);
    assert.deepEqual(faults, [], subject);
  }

  async function workOn(): Promise<void> {
    while (!isThrough && call < mostCalls) {
      call += 1;
      await killAt(call);
    }
  }
  await Promise.all(Array.from({ length: atOnce }, workOn));
  assert.ok(isThrough);
  assert.ok(told.length > 12, told.join('; '));
  assert.ok(told.some((line) => line.includes('OUTCOME_UNKNOWN')));
});
