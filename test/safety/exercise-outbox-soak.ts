import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { soakOutbox } from './outbox-soak.ts';

/** The short form of the soak. `newHome` makes a home that says where its stores are. */
export function exerciseOutboxSoak(engine: string, newHome: (context: Pick<TestContext, 'after'>) => string): void {
  test(`sends each of 60 messages once, or says truly that it did not, under faults and kills of both processes: ${engine}`, async (t) => {
    const result = await soakOutbox(t, { sends: 60, killMs: 1200, seed: 7, say: () => {}, newHome });
    assert.deepEqual(result.untrue, []);
    assert.deepEqual(result.auditFaults, []);
    assert.equal(result.sentTwice, 0);
    assert.equal(result.sent + (result.settled.failed ?? 0), 60);
    assert.ok(result.faults > 0 && result.kills > 0);
  });
}
