import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import { startTestEmulator } from '../support/emulator.ts';
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
const mostCalls = 40;
const atOnce = 3;

/** What every outbox does for several processes. `newHome` makes a home that says where its stores are. */
export function exerciseOutboxProcesses(engine: string, newHome: (context: TestContext) => string): void {
  suite(`processes of one outbox: ${engine}`, () => {
    test('sends once when both servers are asked under one key at the same moment', async (t) => {
      const emulator = await startTestEmulator(t, { settings: { unitsPerMinute: 10_000_000, concurrentCalls: 100 } });
      const home = newHome(t);
      const google = { rootUrl: emulator.rootUrl, accessToken: emulator.account.accessToken };
      const [mcp, rest] = await Promise.all([
        startSendingChild(t, { home, emulator: google }),
        startSendingChild(t, { home, emulator: google }),
      ]);
      const subjects = Array.from({ length: 12 }, (_, index) => `race ${index}`);
      const answers = await Promise.all(
        subjects.flatMap((subject) =>
          [mcp, rest, mcp, rest].map((server) => server.ask({ kind: 'send', subject, key: subject })),
        ),
      );
      assert.deepEqual(new Set(answers), new Set(['sent']));
      const sent = await countSent(emulator.mailbox());
      for (const subject of subjects) assert.equal(sent.get(subject), 1, subject);
      assert.equal(sent.size, subjects.length);
      const { audit } = openTestOutbox(t, home);
      assert.deepEqual(await auditFaults(audit), []);
      assert.equal((await audit.list({ limit: 1000 })).length, 2 * subjects.length);
    });
  });
}

/** What every outbox does when a process is killed before one of its calls, whichever. */
export function exerciseOutboxKills(engine: string, newHome: (context: TestContext) => string): void {
  suite(`killed processes of one outbox: ${engine}`, () => {
    test('sends once whatever call of a send is the last of its process', async (t) => {
      const emulator = await startTestEmulator(t, { settings: { unitsPerMinute: 10_000_000, concurrentCalls: 100 } });
      const { rootUrl } = emulator;
      const { accessToken } = emulator.account;
      let call = 0;
      let isThrough = false;
      const told: string[] = [];

      async function killAt(killAtCall: number): Promise<void> {
        const home = newHome(t);
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
        assert.deepEqual(await auditFaults(audit), [], subject);
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
  });
}
