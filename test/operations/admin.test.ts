import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { tokenGrants } from '../../src/core/grants.ts';
import { localMailboxFolder } from '../../src/store/sqlite/mail/local-mailboxes.ts';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { operations } from '../../src/operations/operations.ts';
import { createToken } from '../../src/safety/tokens/token-store.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import { seedLogin } from '../safety/seed-login.ts';
import { seedJob } from '../safety/seed-job.ts';
import { seedWebhook, type SeededWebhook } from '../safety/seed-webhook.ts';
import { seededHash, seedOutbox, type SeededOutbox } from '../safety/seed-outbox.ts';
import type { Json } from './door-passes.ts';
import { startTwoDoors } from './two-doors.ts';
import type { TwoDoors } from './two-doors.ts';

const ann = 'ann@example.org';
const bob = 'bob@example.org';
const login = 'live@example.org';

/** What one operation returns over REST, and how its text reads over MCP where it is a tool. */
interface Pass {
  readonly name: string;
  readonly rest: () => readonly [input: Json, value: Json];
  readonly mcp?: () => readonly [input: Json, text: RegExp];
  readonly refused: readonly [input: Json, code: string];
}

const none = 'f00df00df00d';
const seeded = {} as { rest: SeededOutbox; mcp: SeededOutbox; ofBob: SeededOutbox; webhook: SeededWebhook };

const passes: readonly Pass[] = [
  {
    name: 'list_accounts',
    rest: () => [{}, { accounts: [{ emailAddress: ann }, { emailAddress: bob }] }],
    refused: [{ id: 'x' }, 'INVALID_INPUT'],
  },
  {
    name: 'list_outbox',
    rest: () => [{ account: bob, states: 'parked' }, { entries: [{ state: 'parked' }, { account: bob }] }],
    mcp: () => [
      { account: bob },
      /^\[(\w{6})\] untrusted outbox\n[\da-f]{12} {2}parked .* ann@example\.org: Hello\n[^]*\n\[\1\] end$/,
    ],
    refused: [{ states: ['gone'] }, 'INVALID_INPUT'],
  },
  {
    name: 'get_outbox_entry',
    rest: () => [
      { id: seeded.rest.failed },
      { account: ann, state: 'failed', failure: { code: 'UNAVAILABLE' }, tokenName: 'owner' },
    ],
    mcp: () => [
      { id: seeded.mcp.parked },
      /^\[(\w{6})\] untrusted outbox entry\nMessage [\da-f]{12}: parked\n[^]*\nHash: {4}f00d\n\[\1\] end$/,
    ],
    refused: [{ id: none }, 'NOT_FOUND'],
  },
  {
    name: 'get_send',
    rest: () => [{ id: seeded.rest.waiting }, { state: 'waiting', subject: 'Hello' }],
    refused: [{ id: none }, 'NOT_FOUND'],
  },
  {
    name: 'reject_send',
    rest: () => [
      { id: seeded.rest.rejectable, reason: 'Not now.' },
      { state: 'rejected', reason: 'Not now.' },
    ],
    refused: [{ id: none }, 'NOT_FOUND'],
  },
  {
    name: 'cancel_send',
    rest: () => [{ id: seeded.rest.waiting }, { state: 'cancelled', text: '' }],
    mcp: () => [{ id: seeded.mcp.waiting }, /untrusted outbox entry\nMessage [\da-f]{12}: cancelled\n/],
    refused: [{ id: none }, 'NOT_FOUND'],
  },
  {
    name: 'retry_send',
    rest: () => [{ id: seeded.rest.failed }, { state: 'sent' }],
    mcp: () => [
      { id: seeded.mcp.failed },
      /untrusted outbox entry\nMessage [\da-f]{12}: sent\n[^]*\nSent as: [\da-f]+\n/,
    ],
    refused: [{ id: none }, 'NOT_FOUND'],
  },
  {
    name: 'list_audit',
    rest: () => [
      { operation: 'reject_send', limit: 1 },
      { entries: [{ event: 'done', operation: 'reject_send', tokenName: 'owner' }] },
    ],
    mcp: () => [
      { operation: 'reject_send' },
      /^\[(\w{6})\] untrusted audit log\n\S+ \d+ done \d+: "rejected"\n\S+ \d+ ann@example\.org reject_send by owner over rest by client node, request [^]*\n\[\1\] end$/,
    ],
    refused: [{ since: 'yesterday' }, 'INVALID_INPUT'],
  },
  {
    name: 'verify_audit',
    rest: () => [{}, {}],
    mcp: () => [{}, /^The chain is whole: \d+ entries, the last with the hash [\da-f]{64}$/],
    refused: [{ id: 'x' }, 'INVALID_INPUT'],
  },
  {
    name: 'list_jobs',
    rest: () => [{}, { jobs: [{ name: 'tidy', outcome: 'done', facts: { files: 3 } }] }],
    mcp: () => [{}, /^\[(\w{6})\] untrusted jobs\ntidy: done \(files 3\); 1 runs, last \S+, next \S+\n\[\1\] end$/],
    refused: [{ name: 'x' }, 'INVALID_INPUT'],
  },
  {
    name: 'run_job',
    rest: () => [{ name: 'tidy' }, { name: 'tidy' }],
    mcp: () => [{ name: 'tidy' }, /^It is due now\.$/],
    refused: [{ name: 'nothing' }, 'NOT_FOUND'],
  },
  {
    name: 'list_all_accounts',
    rest: () => [
      {},
      {
        accounts: [
          { emailAddress: login, kind: 'gmail', login: 'serviceAccount', state: 'connected' },
          { kind: 'local' },
        ],
      },
    ],
    mcp: () => [{ account: ann }, /^ann@example\.org {2}local mailbox$/],
    refused: [{ kind: 'local' }, 'INVALID_INPUT'],
  },
  {
    name: 'remove_account',
    rest: () => [{ emailAddress: login }, { emailAddress: login }],
    refused: [{ emailAddress: bob }, 'NOT_FOUND'],
  },
  {
    name: 'list_tokens',
    rest: () => [
      {},
      {
        tokens: [
          { name: 'owner' },
          { name: 'all', isExpired: false },
          { accounts: [ann] },
          ...tokenGrants.map((grant) => ({ name: `not-${grant}` })),
        ],
      },
    ],
    mcp: () => [{}, /^owner: read, [^]*, admin; all accounts; never expires; [^]*\nlimited: [^;]*; ann@example\.org; /],
    refused: [{ name: 'x' }, 'INVALID_INPUT'],
  },
  {
    name: 'create_token',
    rest: () => [{ name: 'reader', grants: ['read'], accounts: [ann] }, { name: 'reader' }],
    refused: [{ name: 'reader', grants: ['read'] }, 'CONFLICT'],
  },
  {
    name: 'revoke_token',
    rest: () => [{ name: 'reader' }, { name: 'reader' }],
    refused: [{ name: 'reader' }, 'NOT_FOUND'],
  },
  {
    name: 'get_policy',
    rest: () => [
      { account: ann },
      {
        isThere: false,
        unknownAccounts: [],
        accounts: [{ emailAddress: ann, rules: { sending: 'direct', limits: { perDay: 500 } } }],
      },
    ],
    mcp: () => [
      {},
      /^There is no policy in \S+policy\.json: the defaults hold\.\n\nann@example\.org\n {2}Sends: leave at once\n/,
    ],
    refused: [{ sending: 'off' }, 'INVALID_INPUT'],
  },
  {
    name: 'explain_policy',
    rest: () => [{ account: ann, to: [bob] }, { decision: 'direct' }],
    mcp: () => [{ account: ann, to: bob }, /^It would be sent at once\.$/],
    refused: [{ account: ann }, 'INVALID_INPUT'],
  },
  {
    name: 'list_webhooks',
    rest: () => [{}, { webhooks: [{ id: 'wh_one', url: 'http://127.0.0.1:9/', isOn: true, secrets: 1 }] }],
    mcp: () => [
      {},
      /^\[(\w{6})\] untrusted webhooks\nwh_one\thttp:\/\/127\.0\.0\.1:9\/\tall events\t[^]*\n\[\1\] end$/,
    ],
    refused: [{ id: 'x' }, 'INVALID_INPUT'],
  },
  {
    name: 'create_webhook',
    rest: () => [
      { url: 'https://8.8.8.8/mail', kinds: ['messageAdded'], accounts: [bob] },
      { webhook: { url: 'https://8.8.8.8/mail', kinds: ['messageAdded'], accounts: [bob], createdBy: 'owner' } },
    ],
    refused: [{ url: 'https://8.8.8.8/', accounts: ['nobody@example.org'] }, 'INVALID_INPUT'],
  },
  {
    name: 'update_webhook',
    rest: () => [
      { id: 'wh_one', isOn: false },
      { isOn: false, offReason: 'turned off by its owner' },
    ],
    refused: [{ id: 'wh_none', isOn: true }, 'NOT_FOUND'],
  },
  {
    name: 'rotate_webhook_secret',
    rest: () => [{ id: 'wh_one' }, { id: 'wh_one' }],
    refused: [{ id: 'wh_none' }, 'NOT_FOUND'],
  },
  {
    name: 'test_webhook',
    rest: () => [{ id: 'wh_one' }, { isDelivered: false }],
    refused: [{ id: 'wh_none' }, 'NOT_FOUND'],
  },
  {
    name: 'list_deliveries',
    rest: () => [
      { id: 'wh_one' },
      { deliveries: [{ webhookId: 'wh_one', state: 'pending', attempts: 0, event: { kind: 'messageAdded' } }] },
    ],
    mcp: () => [
      { id: 'wh_one' },
      /^\[(\w{6})\] untrusted deliveries\nmsg_\S+\t1 messageAdded\tnext attempt [^]*\n\[\1\] end$/,
    ],
    refused: [{ id: 'wh_none' }, 'NOT_FOUND'],
  },
  {
    name: 'resend_delivery',
    rest: () => [{ id: seeded.webhook.delivery }, { state: 'pending', attempts: 0 }],
    refused: [{ id: 'msg_none' }, 'NOT_FOUND'],
  },
  {
    name: 'delete_webhook',
    rest: () => [{ id: 'wh_one' }, { id: 'wh_one' }],
    refused: [{ id: 'wh_none' }, 'NOT_FOUND'],
  },
  {
    name: 'list_sync',
    rest: () => [{}, { accounts: [] }],
    refused: [{ phase: 'filling' }, 'INVALID_INPUT'],
  },
  {
    name: 'list_processes',
    rest: () => [{}, { isSupervised: false, processes: [] }],
    mcp: () => [{}, /^The supervisor does not run: `gmail-llm up` starts it\.$/],
    refused: [{ name: 'x' }, 'INVALID_INPUT'],
  },
  {
    name: 'run_doctor',
    rest: () => [{}, { findings: [{ name: 'Node.js', state: 'ok' }] }],
    mcp: () => [{}, /^\[(\w{6})\] untrusted findings\nok Node\.js: [^]*\nwarning supervisor: It does not run\. Fix: /],
    refused: [{ fix: true }, 'INVALID_INPUT'],
  },
  {
    name: 'set_log_level',
    rest: () => [{ subsystem: 'gmail', level: 'debug' }, { levels: [{ subsystem: 'gmail', level: 'debug' }] }],
    mcp: () => [{ subsystem: 'gmail', level: 'warn', minutes: 1 }, /^gmail {2}warn {2}until \S+$/],
    refused: [{ subsystem: 'gmail', level: 'loud' }, 'INVALID_INPUT'],
  },
  {
    name: 'get_log_levels',
    rest: () => [{}, { levels: [{ subsystem: 'gmail', level: 'warn' }] }],
    mcp: () => [{}, /^gmail {2}warn {2}until \S+$/],
    refused: [{ level: 'warn' }, 'INVALID_INPUT'],
  },
];

/** Whether `value` has everything that `expected` has. */
function assertContains(value: unknown, expected: unknown): void {
  if (typeof expected !== 'object' || expected === null) return assert.equal(value, expected);
  assert.ok(typeof value === 'object' && value !== null, JSON.stringify({ value, expected }));
  for (const [key, one] of Object.entries(expected)) assertContains((value as Json)[key], one);
}

suite('operations about the installation', () => {
  const cleanups: (() => unknown)[] = [];
  const tokens = new Map<string, string>();
  const token = (name: string): string => tokens.get(name) ?? assert.fail(name);
  let servers: TwoDoors;
  before(async () => {
    const context = { after: (clean: unknown) => void cleanups.push(clean as () => unknown) };
    servers = await startTwoDoors(context, async (dataFolder) => {
      for (const emailAddress of [ann, bob]) {
        openLocalMailbox({ store: openMailStore(localMailboxFolder(dataFolder, emailAddress)), emailAddress }).close();
      }
      seeded.rest = await seedOutbox(dataFolder, { account: ann, to: bob });
      seeded.mcp = await seedOutbox(dataFolder, { account: ann, to: bob });
      seeded.ofBob = await seedOutbox(dataFolder, { account: bob, to: ann });
      tokens.set('all', createToken(dataFolder, { name: 'all', grants: tokenGrants }, new Date()));
      const limited = { name: 'limited', grants: tokenGrants, accounts: [ann] };
      tokens.set('limited', createToken(dataFolder, limited, new Date()));
      await seedJob(dataFolder);
      seeded.webhook = await seedWebhook(dataFolder, 'wh_one');
      await seedLogin(dataFolder, login);
      return {};
    });
  });
  after(async () => {
    for (const clean of cleanups.toReversed()) await clean();
  });

  test('each has a pass here; approving and editing, which no token does, have a test', () => {
    const names = operations.filter(({ path }) => path.startsWith('/api/admin/')).map(({ name }) => name);
    const tested = passes.map(({ name }) => name);
    assert.deepEqual(
      tested.toSorted(),
      [...names, 'list_accounts', 'get_send']
        .filter((name) => name !== 'approve_send' && name !== 'edit_send')
        .toSorted(),
    );
  });

  for (const pass of passes) {
    test(`${pass.name} returns the same over every server`, async () => {
      const [input, expected] = pass.rest();
      const { status, json } = await servers.overRest(pass.name, input);
      assert.equal(status, 200, JSON.stringify(json));
      assertContains(json, expected);
      const [wrong, code] = pass.refused;
      assert.equal((await servers.overRest(pass.name, wrong)).json.code, code);
      if (pass.mcp === undefined) {
        assert.equal(operations.find(({ name }) => name === pass.name)?.toolset, undefined);
        return;
      }
      const [argument, pattern] = pass.mcp();
      assert.match((await servers.overMcp(pass.name, argument)).text, pattern);
      assert.match((await servers.overMcp(pass.name, wrong)).text, new RegExp(`^${code}: `));
    });
  }

  test('no token approves a message, and no agent is shown how', async () => {
    for (const one of [undefined, token('all')]) {
      const edit = { id: seeded.rest.parked, contentHash: seededHash, subject: 'Other' };
      assert.equal((await servers.overRest('edit_send', edit, one)).json.code, 'FORBIDDEN');
      const input = { id: seeded.rest.parked, contentHash: seededHash };
      const { status, json } = await servers.overRest('approve_send', input, one);
      assert.deepEqual([status, json.code], [403, 'FORBIDDEN']);
      assert.match(String(json.detail), /^Only a person approves or changes a message/);
    }
    const { json } = await servers.overRest('get_outbox_entry', { id: seeded.rest.parked });
    assert.equal(json.state, 'parked');
    const names = await servers.toolNames(token('all'));
    assert.ok(names.includes('list_outbox') && !names.includes('approve_send') && !names.includes('reject_send'));
  });

  test('a token that is limited to accounts has none of them but what is its own', async () => {
    for (const { name, path, grant } of operations) {
      if (grant !== 'admin') continue;
      const { status, json } = await servers.overRest(
        name,
        { id: seeded.ofBob.parked, name: 'x', subsystem: 'all', emailAddress: bob, to: bob },
        token('limited'),
      );
      assert.deepEqual([status, json.code], [403, 'FORBIDDEN'], path);
    }
    const { json } = await servers.overRest('list_accounts', {}, token('limited'));
    assert.deepEqual(json, { accounts: [{ emailAddress: ann, isDefault: true }] });
    const foreign = await servers.overRest('list_accounts', { account: bob }, token('limited'));
    assert.equal(foreign.status, 403);
    assert.equal((await servers.overRest('get_send', { id: seeded.ofBob.parked }, token('limited'))).status, 403);
  });

  test('a token creates none that is good for more than itself; the log has what was created and revoked', async () => {
    const wanted = { name: 'greedy', grants: ['read', 'send'] };
    const { status, json } = await servers.overRest('create_token', wanted, servers.tokenWithout('send'));
    assert.deepEqual([status, json.code, json.got], [403, 'FORBIDDEN', 'send']);
    const { json: audit } = await servers.overRest('list_audit', { operation: 'create_token' });
    assertContains(audit, {
      entries: [
        { event: 'failed' },
        {},
        { event: 'done' },
        { facts: { target: { name: 'reader', grants: ['read'] } } },
      ],
    });
    assert.doesNotMatch(JSON.stringify(audit), /gml_/);
  });

  test('a token sees the sends of its own only', async () => {
    const { status, json } = await servers.overRest('get_send', { id: seeded.rest.parked }, token('all'));
    assert.deepEqual([status, json.code], [404, 'NOT_FOUND']);
    const mail = { account: ann, to: ['eve@example.org'], subject: 'Own', body: 'x' };
    const sent = await servers.overRest('send_message', mail, token('all'));
    const own = await servers.overRest('get_send', { id: String(sent.json.outboxId) }, token('all'));
    assert.deepEqual([own.status, own.json.state, own.json.tokenName], [200, 'sent', 'all']);
  });
});
