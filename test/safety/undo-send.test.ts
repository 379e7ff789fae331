import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import type { TestContext } from 'node:test';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { isDryRun } from '../../src/safety/changes/dry-run.ts';
import type { DryRun } from '../../src/safety/changes/dry-run.ts';
import { undo } from '../../src/safety/changes/undo.ts';
import type { UndoResult } from '../../src/safety/changes/undo.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import { sqliteSafetyStores } from '../../src/store/safety-stores.ts';
import { openSafety } from '../../src/safety/open-safety.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { changesOf, silentFeed } from './changes-of.ts';
import { messageTo, owner } from './policy-world.ts';

const actorOf = (tokenName: string) => ({ transport: 'mcp' as const, requestId: 'request-1', tokenName });

/** A home whose policy lets sends wait, and one that waits. */
async function openWorld(t: TestContext) {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'policy.json'), JSON.stringify({ graceSeconds: 60 }));
  let nowMs = Date.UTC(2026, 10, 22, 12);
  const now = () => (nowMs += 1000);
  const stores = sqliteSafetyStores(join(folder, 'data'), now);
  const safety = openSafety({ folder, dataFolder: join(folder, 'data') }, now, {
    safety: stores,
    feed: { feed: silentFeed },
  });
  const mailbox = openLocalMailbox({ store: openMailStore(join(folder, 'mailbox')), emailAddress: owner });
  t.after(() => {
    mailbox.close();
    stores.close();
  });
  const changes = changesOf(mailbox, { audit: safety.audit, operation: 'create_label' });
  return {
    safety,
    apply: changes.apply,
    /** Sends a message that waits. */
    send: () =>
      safety
        .outbox()
        .send(
          { mailbox, reader: mailbox, actor: actorOf('agent'), operation: 'send_message' },
          messageTo(['ann@example.org']),
          {},
        ),
    undo: (tokenName: string, isDryRun = false): Promise<UndoResult | DryRun> =>
      undo(
        {
          changes,
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

const textOf = (outcome: UndoResult | DryRun): string => (isDryRun(outcome) ? 'only shown' : outcome.text);

suite('a send that still waits', () => {
  test('is the last change, and its taking back stands in the log', async (t) => {
    const { safety, apply, send, undo } = await openWorld(t);
    await apply('createLabel', { name: 'Before' });
    const { outboxId } = await send();
    const answer = await undo('agent');
    assert.deepEqual(answer, {
      change: outboxId,
      operation: 'send_message',
      text: 'The message "Hello" was taken back before it left.',
    });
    assert.equal((await safety.outboxStore().get(outboxId))?.state, 'cancelled');
    const [end, begun] = await safety.audit().list({ limit: 2 });
    const { contentHash } = messageTo(['ann@example.org']);
    const target = { outboxId, contentHash, to: ['ann@example.org'], cc: [], bcc: [], subject: 'Hello' };
    assert.deepEqual(begun?.facts, { method: 'cancelSend', target, from: 'waiting' });
    assert.deepEqual([end?.event, end?.facts, end?.operation], ['done', { to: 'cancelled' }, 'undo']);
    assert.equal(textOf(await undo('agent')), 'Deleted the label Before again.');
  });

  test('stays where a later change is the last one, and where another token asks', async (t) => {
    const { safety, apply, send, undo } = await openWorld(t);
    const { outboxId } = await send();
    await apply('createLabel', { name: 'After' });
    await assert.rejects(undo('other'), { code: 'NOT_FOUND' });
    assert.equal(textOf(await undo('agent')), 'Deleted the label After again.');
    assert.equal((await safety.outboxStore().get(outboxId))?.state, 'waiting');
  });

  test('is only shown in a dry run', async (t) => {
    const { safety, send, undo } = await openWorld(t);
    const { outboxId } = await send();
    const end = await undo('agent', true);
    assert.ok(isDryRun(end));
    assert.equal(end.change.method, 'cancelSend');
    assert.equal((await safety.outboxStore().get(outboxId))?.state, 'waiting');
    assert.deepEqual(await safety.audit().list({ limit: 10 }), []);
  });
});
