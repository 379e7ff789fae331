import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import type { TestContext } from 'node:test';
import { grants as allGrants } from '../../src/core/grants.ts';
import type { Grant } from '../../src/core/grants.ts';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import type { Mailbox } from '../../src/mail/mailbox.ts';
import { openSqliteAuditLog } from '../../src/store/sqlite/audit/open-audit-log.ts';
import type { AuditEntry, AuditLog } from '../../src/store/audit/audit-log.ts';
import type { Apply } from '../../src/safety/changes/apply-changes.ts';
import { isDryRun } from '../../src/safety/changes/dry-run.ts';
import { undo } from '../../src/safety/changes/undo.ts';
import type { UndoResult } from '../../src/safety/changes/undo.ts';
import { gmailOnEmulator } from '../gmail/open-on-emulator.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { changesOf } from './changes-of.ts';
import { changeCases, everythingIn, furnish } from './change-cases.ts';
import type { ChangeCase, Ids } from './change-cases.ts';
import { owner } from './policy-world.ts';

/** A furnished mailbox with an audit log. */
interface World {
  readonly mailbox: Mailbox;
  readonly ids: Ids;
  readonly log: AuditLog;
  /** Everything that stands in it, read past what the mailbox keeps in mind. */
  readonly state: () => Promise<object>;
  /** How an operation of this token changes something. */
  readonly applied: (tokenName?: string, operation?: string) => Apply;
  /** How it does so in a dry run. */
  readonly shown: Apply;
  readonly undo: (options?: {
    readonly tokenName?: string;
    readonly change?: number;
    readonly grants?: readonly Grant[];
  }) => Promise<UndoResult>;
  /** The entries of the log, the oldest first. */
  readonly entries: () => Promise<readonly AuditEntry[]>;
}

const backends: Readonly<Record<string, (t: TestContext) => Promise<{ mailbox: Mailbox; behind: Mailbox }>>> = {
  async local(t) {
    const mailbox = openLocalMailbox({ store: openMailStore(temporaryFolder(t)), emailAddress: owner });
    t.after(() => mailbox.close());
    return { mailbox, behind: mailbox };
  },
  async gmail(t) {
    const { emulator, open } = await gmailOnEmulator(t, { isServiceAccount: true });
    return { mailbox: open(), behind: emulator.mailbox() };
  },
};

async function openWorld(t: TestContext, backend: string): Promise<World> {
  const { mailbox, behind } = await (backends[backend] ?? assert.fail(backend))(t);
  const ids = await furnish(behind);
  const log = openSqliteAuditLog(join(temporaryFolder(t), 'audit.db'), Date.now);
  t.after(() => log.close());
  const changes = (tokenName: string, operation: string, isDryRun = false) =>
    changesOf(mailbox, { audit: () => log, tokenName, operation, isDryRun });
  return {
    mailbox,
    ids,
    log,
    state: () => everythingIn(behind),
    applied: (tokenName = 'agent', operation = 'some_operation') => changes(tokenName, operation).apply,
    shown: changes('agent', 'some_operation', true).apply,
    async undo({ tokenName = 'agent', change, grants = allGrants } = {}) {
      const outcome = await undo(
        {
          changes: changes(tokenName, 'undo'),
          account: owner,
          actor: { transport: 'rest', requestId: 'request-1', tokenName },
          grants: new Set(grants),
          log,
          outbox: undefined,
          isDryRun: false,
        },
        change,
      );
      return isDryRun(outcome) ? assert.fail('it was only shown') : outcome;
    },
    entries: async () => (await log.list({ limit: 100 })).toReversed(),
  };
}

/** On Gmail each method once: what differs there is how it is asked for. */
const firstOfEach = changeCases.filter(
  ({ method }, index) => index === changeCases.findIndex((one) => one.method === method),
);
const casesOf: Readonly<Record<string, readonly ChangeCase[]>> = { local: changeCases, gmail: firstOfEach };

for (const [backend, cases] of Object.entries(casesOf)) {
  suite(`changes on ${backend}`, () => {
    for (const { title, method, make, tellsBefore, goOn, undone, leaves } of cases) {
      test(`${title}: written down, shown by a dry run, taken back${goOn ? ', not over later changes' : ''}`, async (t) => {
        const world = await openWorld(t, backend);
        const { ids, entries } = world;
        const before = await world.state();

        // A dry run ends before anything is changed or written.
        const end = await make(world.shown, ids);
        assert.ok(end.kind === 'dryRun', JSON.stringify(end));
        assert.equal(end.change.method, method);
        assert.equal(end.change.from !== null, tellsBefore);
        assert.deepEqual(await world.state(), before);
        assert.deepEqual(await entries(), []);

        await make(world.applied(), ids);
        const after = await world.state();
        assert.notDeepEqual(after, before);
        const [begun, done, ...more] = await entries();
        assert.deepEqual(more, []);
        assert.equal(begun?.event, 'begun');
        assert.equal(begun.facts.method, method);
        assert.deepEqual(begun.facts, JSON.parse(JSON.stringify(end.change)));
        assert.deepEqual([done?.event, done?.of], ['done', begun.sequence]);

        if (undone === undefined) {
          await assert.rejects(world.undo(), {
            code: 'NOT_FOUND',
            message: 'The last change, some_operation (1), cannot be taken back.',
          });
          assert.deepEqual(await world.state(), after);
          return;
        }
        if (goOn !== undefined) {
          await goOn(world.mailbox, ids);
          const later = await world.state();
          await assert.rejects(world.undo(), {
            code: 'CONFLICT',
            message: / has been changed again since; nothing was taken back\.$/,
          });
          assert.deepEqual(await world.state(), later);
          return;
        }
        const answer = await world.undo();
        assert.match(answer.text, undone);
        assert.deepEqual([answer.change, answer.operation], [String(begun.sequence), 'some_operation']);
        if (leaves === undefined) assert.deepEqual(await world.state(), before);
        else assert.notDeepEqual(await world.state(), after);
        // Taken back once, not twice.
        await assert.rejects(world.undo(), { code: 'NOT_FOUND' });
        await assert.rejects(world.undo({ change: begun.sequence }), { code: 'NOT_FOUND' });
        assert.equal(await world.log.findBreak(), undefined);
      });

      if (goOn === undefined || undone === undefined) continue;
      test(`${title}: taken back, and the taking back is taken back by its number`, async (t) => {
        const world = await openWorld(t, backend);
        const before = await world.state();
        await make(world.applied(), world.ids);
        const after = await world.state();
        assert.match((await world.undo()).text, undone);
        assert.deepEqual(await world.state(), before);
        // One undoing may be several changes.
        const undoing = (await world.entries()).filter(
          ({ operation, event }) => operation === 'undo' && event === 'begun',
        );
        assert.ok(undoing.length > 0);
        for (const { sequence } of undoing.toReversed()) await world.undo({ change: sequence });
        assert.deepEqual(await world.state(), after);
      });
    }
  });
}

suite('who may take back what', () => {
  test('the last change of the own token, then the one before', async (t) => {
    const world = await openWorld(t, 'local');
    await world.applied()('createLabel', { name: 'First' });
    await world.applied()('createLabel', { name: 'Second' });
    await world.applied('other')('createLabel', { name: 'Third' });
    assert.equal((await world.undo()).text, 'Deleted the label Second again.');
    assert.equal((await world.undo()).text, 'Deleted the label First again.');
    await assert.rejects(world.undo(), { code: 'NOT_FOUND' });
    assert.equal((await world.undo({ tokenName: 'other' })).text, 'Deleted the label Third again.');
  });

  test("another token's change is not found, even by its number", async (t) => {
    const world = await openWorld(t, 'local');
    await world.applied('other')('createLabel', { name: 'Theirs' });
    await assert.rejects(world.undo(), { code: 'NOT_FOUND', message: 'There is no change to take back.' });
    await assert.rejects(world.undo({ change: 1 }), {
      code: 'NOT_FOUND',
      message: 'The change 1 cannot be taken back.',
    });
  });

  test('not the change before one that cannot be taken back, unless it is named', async (t) => {
    const world = await openWorld(t, 'local');
    await world.applied()('createLabel', { name: 'Fresh' });
    await world.applied('agent', 'delete_messages')('deleteMessages', [world.ids.one]);
    await assert.rejects(world.undo(), (error: Error & { readonly code: string; readonly details: object }) => {
      assert.deepEqual(
        [error.code, error.message, error.details],
        [
          'NOT_FOUND',
          'The last change, delete_messages (3), cannot be taken back.',
          { hint: 'Before it was some_operation: give change 1 to take that back.' },
        ],
      );
      return true;
    });
    assert.equal((await world.undo({ change: 1 })).text, 'Deleted the label Fresh again.');
  });

  test('a change that changed nothing', async (t) => {
    const world = await openWorld(t, 'local');
    await world.applied()('modifyMessages', { ids: [world.ids.one], addLabelIds: ['INBOX'], removeLabelIds: [] });
    await world.applied()('updateSetting', 'language', await world.mailbox.getSetting('language'));
    assert.equal((await world.undo()).text, 'Restored the setting language.');
    assert.equal((await world.undo()).text, 'It had changed nothing.');
  });

  for (const [grant, make] of [
    ['organize', (apply: Apply) => apply('createLabel', { name: 'Fresh' })],
    ['draft', (apply: Apply, ids: Ids) => apply('deleteDraft', ids.draft)],
    ['settings', (apply: Apply, ids: Ids) => apply('deleteFilter', ids.filter)],
  ] as const) {
    test(`what needed ${grant} needs it again`, async (t) => {
      const world = await openWorld(t, 'local');
      await make(world.applied(), world.ids);
      const after = await world.state();
      const grants = allGrants.filter((other) => other !== grant);
      await assert.rejects(world.undo({ grants }), {
        code: 'FORBIDDEN',
        message: `Taking back some_operation needs the grant "${grant}".`,
      });
      assert.deepEqual(await world.state(), after);
      assert.ok(await world.undo(), 'and was not used up by the refusal');
    });
  }

  test('of two who take back the same change at once, one does', async (t) => {
    const world = await openWorld(t, 'local');
    await world.applied()('deleteDraft', world.ids.draft);
    const outcomes = await Promise.allSettled([world.undo({ change: 1 }), world.undo({ change: 1 })]);
    assert.deepEqual(outcomes.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
    assert.equal((await world.mailbox.listDrafts({ maxResults: 10 })).drafts.length, 2);
  });

  test('what is gone meanwhile is said, and can be tried again', async (t) => {
    const world = await openWorld(t, 'local');
    await world.applied()('modifyMessages', { ids: [world.ids.one], addLabelIds: ['STARRED'], removeLabelIds: [] });
    await world.mailbox.deleteMessages([world.ids.one]);
    for (let attempt = 0; attempt < 2; attempt += 1) await assert.rejects(world.undo(), { code: 'NOT_FOUND' });
    const failed = (await world.entries()).filter(({ event }) => event === 'failed');
    assert.equal(failed.length, 2);
  });
});

suite('a dry run', () => {
  const cases: readonly (readonly [what: string, make: (apply: Apply, ids: Ids) => Promise<unknown>])[] = [
    [
      'labels of a message that is not there',
      (apply) => apply('modifyMessages', { ids: ['00000000deadbeef'], addLabelIds: ['STARRED'], removeLabelIds: [] }),
    ],
    ['a message deleted that is not there', (apply) => apply('deleteMessages', ['00000000deadbeef'])],
    ['a label whose name is taken', (apply) => apply('createLabel', { name: 'work' })],
    ['a label renamed to a name that is taken', (apply, { work }) => apply('updateLabel', work, { name: 'INBOX' })],
    ["one of Gmail's labels changed", (apply) => apply('updateLabel', 'INBOX', { name: 'Post' })],
    ["one of Gmail's labels deleted", (apply) => apply('deleteLabel', 'INBOX')],
    ['a label deleted that is not there', (apply) => apply('deleteLabel', 'Label_999')],
    ['a draft that is too large', (apply) => apply('createDraft', { raw: new Uint8Array(36_700_161) })],
    ['a draft rewritten that is not there', (apply) => apply('updateDraft', 'r-1', { raw: new Uint8Array(10) })],
    ['a draft deleted that is not there', (apply) => apply('deleteDraft', 'r-1')],
    [
      'a filter that is there already',
      (apply) => apply('createFilter', { criteria: { from: 'news@' }, action: { removeLabelIds: ['INBOX'] } }),
    ],
    ['a filter deleted that is not there', (apply) => apply('deleteFilter', 'ANe1Bmxxx')],
    ['a send-as address that is there', (apply) => apply('createSendAs', 'Sales@example.org', {})],
    ['a send-as address changed that is not there', (apply) => apply('updateSendAs', 'x@example.org', {})],
    ['a send-as address deleted that is not there', (apply) => apply('deleteSendAs', 'x@example.org')],
    ['a forwarding address that is there', (apply) => apply('createForwardingAddress', 'archive@example.org')],
    ['a forwarding address deleted that is not there', (apply) => apply('deleteForwardingAddress', 'x@example.org')],
    ['a delegate that is there', (apply) => apply('createDelegate', 'assistant@example.org')],
    ['a delegate deleted that is not there', (apply) => apply('deleteDelegate', 'x@example.org')],
  ];
  const codeOf = (error: unknown): unknown => (error as { readonly code?: string }).code;
  const outcomeOf = (making: Promise<unknown>): Promise<unknown> => making.then((applied) => isDryRun(applied), codeOf);

  for (const [what, make] of cases) {
    test(`refuses ${what} with the code of the change itself`, async (t) => {
      const { applied, shown, ids } = await openWorld(t, 'local');
      const real = await outcomeOf(make(applied(), ids));
      assert.match(String(real), /^(?:NOT_FOUND|CONFLICT|INVALID_INPUT|TOO_LARGE)$/);
      assert.equal(await outcomeOf(make(shown, ids)), real);
    });
  }
});
