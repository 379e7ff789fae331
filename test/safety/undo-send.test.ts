import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import type { TestContext } from 'node:test';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { DryRunEnd, logRecorder, recordChanges } from '../../src/safety/audit/recorded-mailbox.ts';
import { undo } from '../../src/safety/audit/undo.ts';
import type { Undone } from '../../src/safety/audit/undo.ts';
import { openSafety } from '../../src/safety/open-safety.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { messageTo, owner } from './policy-world.ts';

const actorOf = (tokenName: string) => ({ transport: 'mcp' as const, requestId: 'request-1', tokenName });

/** A home whose policy lets sends wait, and one that waits. */
async function openWorld(t: TestContext) {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'policy.json'), JSON.stringify({ graceSeconds: 60 }));
  let nowMs = Date.UTC(2026, 10, 22, 12);
  const safety = openSafety({ folder, dataFolder: join(folder, 'data') }, () => (nowMs += 1000));
  const mailbox = openLocalMailbox({ folder: join(folder, 'mailbox'), emailAddress: owner });
  t.after(() => {
    mailbox.close();
    safety.close();
  });
  const record = logRecorder(safety.audit(), { account: owner, actor: actorOf('agent'), operation: 'create_label' });
  const recorded = recordChanges(mailbox, record);
  return {
    safety,
    recorded,
    /** Sends a message that waits. */
    send: () =>
      safety
        .outbox()
        .send({ mailbox, actor: actorOf('agent'), operation: 'send_message' }, messageTo(['ann@example.org']), {}),
    undo: (tokenName: string, isDryRun = false): Promise<Undone> =>
      undo(
        {
          mailbox: recorded,
          account: owner,
          actor: actorOf(tokenName),
          grants: new Set(['organize']),
          log: safety.audit(),
          outbox: { outbox: safety.outbox(), store: safety.outboxStore() },
          isDryRun,
        },
        undefined,
      ),
  };
}

suite('a send that still waits', () => {
  test('is the last change, and its taking back stands in the log', async (t) => {
    const { safety, recorded, send, undo } = await openWorld(t);
    await recorded.createLabel({ name: 'Before' });
    const { outboxId } = await send();
    const answer = await undo('agent');
    assert.deepEqual(answer, {
      change: outboxId,
      operation: 'send_message',
      text: 'The message "Hello" was taken back before it left.',
    });
    assert.equal(safety.outboxStore().get(outboxId)?.state, 'cancelled');
    const [end, begun] = safety.audit().list({ limit: 2 });
    const target = { outboxId, to: ['ann@example.org'], cc: [], bcc: [], subject: 'Hello' };
    assert.deepEqual(begun?.facts, { method: 'cancelSend', target, from: 'waiting' });
    assert.deepEqual([end?.event, end?.facts, end?.operation], ['done', { to: 'cancelled' }, 'undo']);
    assert.equal((await undo('agent')).text, 'The label Before is gone again.');
  });

  test('stays where a later change is the last one, and where another token asks', async (t) => {
    const { safety, recorded, send, undo } = await openWorld(t);
    const { outboxId } = await send();
    await recorded.createLabel({ name: 'After' });
    await assert.rejects(undo('other'), { code: 'NOT_FOUND' });
    assert.equal((await undo('agent')).text, 'The label After is gone again.');
    assert.equal(safety.outboxStore().get(outboxId)?.state, 'waiting');
  });

  test('is only shown in a dry run', async (t) => {
    const { safety, send, undo } = await openWorld(t);
    const { outboxId } = await send();
    const end = await undo('agent', true).catch((error: unknown) => error);
    assert.ok(end instanceof DryRunEnd);
    assert.equal(end.change.method, 'cancelSend');
    assert.equal(safety.outboxStore().get(outboxId)?.state, 'waiting');
    assert.deepEqual(safety.audit().list({ limit: 10 }), []);
  });
});
