import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { localMailboxFolder } from '../../src/store/sqlite/mail/local-mailboxes.ts';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import type { LocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { operations } from '../../src/operations/operations.ts';
import { buildMail } from '../build-mail.ts';
import { startTestEmulator } from '../support/emulator.ts';
import { message, owner, passesOver } from './door-passes.ts';
import type { Json, Kept } from './door-passes.ts';
import { startTwoDoors } from './two-doors.ts';
import type { TwoDoors } from './two-doors.ts';

/** Operations that answer files (test/rest tests their bytes, texts.test.ts their texts), and admin.test.ts tests. */
const elsewhere = ['read_raw_message', 'read_attachment', 'list_accounts', 'get_send'];

test('every operation goes through both servers on both backends', () => {
  const names = passesOver({ messages: [], historyId: '', filters: [], drafts: [] }).map(({ name }) => name);
  const ofMailboxes = operations.filter(
    ({ name, path }) => !path.startsWith('/api/admin/') && !elsewhere.includes(name),
  );
  assert.deepEqual(names.toSorted(), ofMailboxes.map(({ name }) => name).toSorted());
});

/** Puts two messages and a draft into an empty mailbox. */
async function fill(mailbox: LocalMailbox, kept: Kept): Promise<void> {
  const one = await mailbox.importMessage({ raw: message('One'), labelIds: ['INBOX'] });
  const two = await mailbox.importMessage({ raw: message('Two'), labelIds: ['INBOX'] });
  await mailbox.createDraft({ raw: buildMail({ from: owner, to: 'ann@example.org', subject: 'A draft' }) });
  kept.messages = [one.id, two.id];
  kept.historyId = (await mailbox.getProfile()).historyId;
}

type Context = Parameters<typeof startTestEmulator>[0];

/** An environment whose account has what {@link fill} puts there. */
const backends: Readonly<
  Record<string, (context: Context, kept: Kept, dataFolder: string) => Promise<Record<string, string>>>
> = {
  async local(_context, kept, dataFolder) {
    const folder = localMailboxFolder(dataFolder, owner);
    const mailbox = openLocalMailbox({ store: openMailStore(folder), emailAddress: owner });
    await fill(mailbox, kept);
    mailbox.close();
    return {};
  },
  async gmail(context, kept) {
    const emulator = await startTestEmulator(context);
    await fill(emulator.mailbox(), kept);
    return {
      GMAIL_BACKEND: 'gmail',
      GMAIL_API_ROOT_URL: emulator.rootUrl,
      GMAIL_OAUTH_ROOT_URL: emulator.rootUrl,
      GMAIL_ACCOUNT: owner,
      // Far above what these calls come to: nothing waits.
      GMAIL_QUOTA_UNITS_PER_MINUTE: '1000000',
      // Only a service account may add delegates and addresses.
      GMAIL_ACCESS_TOKEN: emulator.tokens.issue({ isServiceAccount: true }).accessToken,
    };
  },
};

/** Whether `answer` has everything that `expected` has. */
function assertContains(answer: unknown, expected: unknown): void {
  if (typeof expected !== 'object' || expected === null) return assert.equal(answer, expected);
  assert.ok(typeof answer === 'object' && answer !== null, JSON.stringify(answer));
  if (Array.isArray(expected)) assert.equal((answer as unknown[]).length, expected.length);
  for (const [key, value] of Object.entries(expected)) assertContains((answer as Json)[key], value);
}

for (const [backend, fillHome] of Object.entries(backends)) {
  describe(`both servers on ${backend}`, () => {
    const kept: Kept = { messages: [], historyId: '', filters: [], drafts: [] };
    const cleanups: (() => unknown)[] = [];
    let doors: TwoDoors;
    before(async () => {
      const context = { after: (cleanup: unknown) => void cleanups.push(cleanup as () => unknown) };
      doors = await startTwoDoors(context, (dataFolder) => fillHome(context, kept, dataFolder));
    });
    after(async () => {
      for (const cleanup of cleanups.toReversed()) await cleanup();
    });

    for (const pass of passesOver(kept)) {
      if (operations.some(({ name, isReadOnly }) => name === pass.name && !isReadOnly)) {
        test(`${pass.name} says in a dry run what it would do`, async () => {
          const { status, json } = await doors.overRest(pass.name, { ...pass.rest()[0], dryRun: true });
          assert.deepEqual([status, json.dryRun], [200, true], JSON.stringify(json));
        });
      }

      test(`${pass.name} answers JSON over REST and, as a tool, a text over MCP`, async () => {
        const [input, expected] = pass.rest();
        const { status, json } = await doors.overRest(pass.name, input);
        assert.ok(status === 200 || status === 201, JSON.stringify(json));
        assertContains(json, expected);
        if (pass.mcp !== undefined) {
          const [argument, pattern] = pass.mcp();
          const { text, isError } = await doors.overMcp(pass.name, argument);
          assert.equal(isError, false, text);
          assert.match(text, pattern);
        }
        if (pass.name === 'create_filter') {
          const { filters } = (await doors.overRest('list_filters', {})).json;
          kept.filters = (filters as { id: string }[]).map(({ id }) => id);
        }
        if (pass.name === 'create_draft') {
          await doors.overRest('create_draft', { subject: 'Sixth' });
          const { drafts } = (await doors.overRest('list_drafts', {})).json;
          kept.drafts = (drafts as { id: string }[]).map(({ id }) => id).toReversed();
        }
      });

      test(`${pass.name} refuses bad input with the same code over both`, async () => {
        const [input, code, expectedStatus] = pass.refused();
        const { status, json } = await doors.overRest(pass.name, input);
        assert.deepEqual([json.code, status], [code, expectedStatus], JSON.stringify(json));
        if (pass.mcp === undefined) return;
        const { text, isError } = await doors.overMcp(pass.name, input);
        assert.ok(isError && text.startsWith(`${code}: `), text);
      });
    }
  });
}

describe('grants', () => {
  const cleanups: (() => unknown)[] = [];
  let doors: TwoDoors;
  before(async () => {
    const context = { after: (cleanup: unknown) => void cleanups.push(cleanup as () => unknown) };
    doors = await startTwoDoors(context, async () => ({}));
  });
  after(async () => {
    for (const cleanup of cleanups.toReversed()) await cleanup();
  });

  for (const { name, grant, toolset } of operations) {
    if (toolset === undefined) continue;
    test(`${name} is refused and not listed without ${grant}`, async () => {
      const token = doors.tokenWithout(grant);
      const { status, json } = await doors.overRest(name, { id: 'x', messageId: 'x', attachment: 'x' }, token);
      assert.deepEqual([status, json.code, json.expected], [403, 'FORBIDDEN', grant]);
      const listed = await doors.toolNames(token);
      assert.ok(listed.length > 10 && !listed.includes(name));
      const { text, isError } = await doors.overMcp(name, {}, token);
      assert.ok(
        isError && text.startsWith('FORBIDDEN: ') && text.includes(`\n${name} needs the grant "${grant}".\n`),
        text,
      );
    });
  }
});
