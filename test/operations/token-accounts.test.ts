import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { TestContext } from 'node:test';
import { localMailboxFolder } from '../../src/store/sqlite/mail/local-mailboxes.ts';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { createToken } from '../../src/safety/tokens/token-store.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import { buildMail } from '../build-mail.ts';
import { startTwoDoors } from './two-doors.ts';
import type { TwoDoors } from './two-doors.ts';

const ann = 'ann@example.org';
const bob = 'bob@example.org';
const eve = 'eve@example.org';

/** Servers with three accounts, and tokens for some of them. */
async function start(t: TestContext, environment: Readonly<Record<string, string>> = {}) {
  const tokens = new Map<string, string>();
  const doors = await startTwoDoors(t, async (dataFolder) => {
    for (const address of [ann, bob, eve]) {
      const mailbox = openLocalMailbox({
        store: openMailStore(localMailboxFolder(dataFolder, address)),
        emailAddress: address,
      });
      await mailbox.importMessage({ raw: buildMail({ subject: `Mail of ${address}` }), labelIds: ['INBOX'] });
      mailbox.close();
    }
    const create = (name: string, accounts: readonly string[]): string =>
      createToken(dataFolder, { name, grants: ['read', 'organize', 'send'], accounts }, new Date());
    tokens.set('one', create('one', [ann]));
    tokens.set('two', create('two', [ann, bob]));
    tokens.set('gone', create('gone', ['gone@example.org']));
    return environment;
  });
  return { doors, token: (name: string): string => tokens.get(name) ?? assert.fail(name) };
}

async function overBoth(doors: TwoDoors, name: string, input: object, token: string) {
  const rest = await doors.overRest(name, { ...input }, token);
  const mcp = await doors.overMcp(name, { ...input }, token);
  return { rest, mcp, told: `${JSON.stringify(rest.json)}\n${mcp.text}` };
}

suite('a token that is limited to accounts', () => {
  test('uses its only account where a call names none', async (t) => {
    const { doors, token } = await start(t);
    const { rest, mcp } = await overBoth(doors, 'get_profile', {}, token('one'));
    assert.equal(rest.json.emailAddress, ann);
    assert.match(mcp.text, /ann@example\.org/);
  });

  test('is refused every other account in the same words, whether there is one or not', async (t) => {
    const { doors, token } = await start(t);
    for (const account of [bob, 'nobody@example.org']) {
      const { rest, mcp, told } = await overBoth(doors, 'search_messages', { account }, token('one'));
      assert.equal(rest.status, 403);
      assert.equal(rest.json.detail, 'This token may not use that account.');
      assert.ok(mcp.isError);
      assert.match(mcp.text, /^FORBIDDEN: .*^This token may not use that account\.$/ms);
      assert.ok(!told.includes(eve) && !told.includes('Mail of'), told);
      if (account !== bob) assert.ok(!told.includes(bob), told);
    }
  });

  test('names one of several, or has the configured one where that is among them', async (t) => {
    const { doors, token } = await start(t);
    const { rest, told } = await overBoth(doors, 'get_profile', {}, token('two'));
    assert.deepEqual([rest.status, rest.json.code, rest.json.expected], [400, 'INVALID_INPUT', `${ann} or ${bob}`]);
    assert.ok(!told.includes(eve), told);
    const named = await overBoth(doors, 'get_profile', { account: bob }, token('two'));
    assert.equal(named.rest.json.emailAddress, bob);

    const configured = await start(t, { GMAIL_ACCOUNT: bob });
    const { rest: answer } = await overBoth(configured.doors, 'get_profile', {}, configured.token('two'));
    assert.equal(answer.json.emailAddress, bob);
    const { rest: only } = await overBoth(configured.doors, 'get_profile', {}, configured.token('one'));
    assert.equal(only.json.emailAddress, ann);
  });

  test('is not told of other accounts where its own is not connected', async (t) => {
    const { doors, token } = await start(t);
    const { rest, told } = await overBoth(doors, 'get_profile', {}, token('gone'));
    assert.equal(rest.status, 404);
    for (const other of [ann, bob, eve]) assert.ok(!told.includes(other), told);
  });

  test('writes and sends with its own account only', async (t) => {
    const { doors, token } = await start(t);
    const mail = { to: ['x@example.org'], subject: 'x', body: 'x' };
    assert.equal((await doors.overRest('send_message', { ...mail, account: bob }, token('one'))).status, 403);
    const sent = await doors.overRest('send_message', mail, token('one'));
    assert.deepEqual([sent.status, sent.json.from], [200, ann]);
  });
});

test('a token that is limited to toolsets has the tools of these alone, and REST as its grants say', async (t) => {
  const tokens = new Map<string, string>();
  const { toolNames, overMcp, overRest, client } = await startTwoDoors(t, async (dataFolder) => {
    const rights = { grants: ['read', 'organize', 'admin'], toolsets: ['labels', 'sync'] } as const;
    tokens.set('labels', createToken(dataFolder, { name: 'labels', ...rights }, new Date()));
    const mailbox = openLocalMailbox({ store: openMailStore(localMailboxFolder(dataFolder, ann)), emailAddress: ann });
    mailbox.close();
    return {};
  });
  const token = tokens.get('labels') ?? assert.fail();
  assert.deepEqual(await toolNames(token), ['create_label', 'update_label', 'delete_label', 'list_changes']);
  const { text, isError } = await overMcp('create_label', { name: 'Receipts' }, token);
  assert.ok(!isError, text);
  const unknown =
    /Unknown tool: list_labels\. It is in the toolset core, which this token does not show: .* --toolsets\./;
  await assert.rejects(overMcp('list_labels', {}, token), unknown);
  assert.equal((await overRest('list_labels', {}, token)).status, 200);
  const wanted = { name: 'greedy', grants: ['read'] };
  for (const more of [{}, { toolsets: ['sync', 'core'] }]) {
    const { status, json } = await overRest('create_token', { ...wanted, ...more }, token);
    assert.deepEqual([status, json.code, json.field], [403, 'FORBIDDEN', 'toolsets']);
  }
  assert.equal((await overRest('create_token', { ...wanted, toolsets: ['sync'] }, token)).status, 200);
  const { json: listed } = await overRest('list_tokens', {}, token);
  const tokensMade = listed.tokens as readonly { readonly name: string; readonly toolsets?: readonly string[] }[];
  assert.deepEqual(tokensMade.find(({ name }) => name === 'greedy')?.toolsets, ['sync']);
  const names = (await (await client()).listTools()).tools.map(({ name }) => name);
  assert.ok(names.includes('list_labels') && names.includes('create_label'));
});

test('an expired token is told so', async (t) => {
  let expired = '';
  const { overRest } = await startTwoDoors(t, async (dataFolder) => {
    const token = { name: 'brief', grants: ['read'], expiresAt: '2026-01-01T00:00:00.000Z' } as const;
    expired = createToken(dataFolder, token, new Date());
    return {};
  });
  const { status, json } = await overRest('get_profile', {}, expired);
  assert.deepEqual([status, json.code], [401, 'UNAUTHENTICATED']);
  assert.match(String(json.detail), /^The token brief expired at 2026-01-01/);
});
