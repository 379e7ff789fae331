import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { McpService } from '../../src/mcp/build-server.ts';
import { operationServers } from '../../src/mcp/operation-server.ts';
import { localMailboxFolder } from '../../src/store/sqlite/mail/local-mailboxes.ts';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import { operations } from '../../src/operations/operations.ts';
import { assemble } from '../../src/server/assemble.ts';
import { message as mail, owner, passesOver } from '../operations/door-passes.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startMcpServer, type TestServer } from './http-server.ts';
import { capabilitiesKey, clientKey, jsonHeaders, modernToolCall, versionKey } from './raw-http.ts';

type Json = Readonly<Record<string, unknown>>;

/** A request as it goes over the wire. */
interface Sent {
  readonly message: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly query?: string;
}

describe('a call of 2026-07-28', () => {
  const cleanups: (() => unknown)[] = [];
  let bySdk: TestServer;
  let short: TestServer;
  /** Names of tools that were called the short way. */
  const taken: string[] = [];
  const kept = { messages: [] as string[], historyId: '', filters: ['f1', 'f2'], drafts: ['r1', 'r1', 'r1', 'r1'] };

  before(async () => {
    const context = { after: (cleanup: unknown) => void cleanups.push(cleanup as () => unknown) };
    const environment = { GMAIL_HOME: temporaryFolder(context), GMAIL_GRANTS: 'all' };
    const { services, home, close } = await assemble({
      program: 'gmail-mcp-server',
      environment,
      logTo: 2,
      logLevel: 'error',
    });
    const mailbox = openLocalMailbox({
      store: openMailStore(localMailboxFolder(home.dataFolder, owner)),
      emailAddress: owner,
    });
    for (const subject of ['One', 'Two']) {
      kept.messages.push((await mailbox.importMessage({ raw: mail(subject), labelIds: ['INBOX'] })).id);
    }
    kept.historyId = (await mailbox.getProfile()).historyId;
    const toolsets = new Set(operations.flatMap(({ toolset }) => toolset ?? []));
    const service: Required<McpService> = operationServers(operations, toolsets, services);
    bySdk = await startMcpServer({ buildServer: service.buildServer });
    short = await startMcpServer({
      ...service,
      callPlainly(call, principal, signal) {
        const called = service.callPlainly(call, principal, signal);
        if (called !== undefined) taken.push(call.name);
        return called;
      },
    });
    for (const { grant } of operations)
      if (grant !== 'delete') for (const server of [bySdk, short]) server.grants.add(grant);
    cleanups.push(
      () => close(),
      () => mailbox.close(),
    );
  });
  after(async () => {
    await Promise.all([bySdk.close(), short.close()]);
    for (const cleanup of cleanups.toReversed()) await cleanup();
  });

  /** Status, media type and body of an answer; the codes of fences are chance, and the disk is others' too. */
  async function answerOf({ url }: TestServer, { message, headers, query = '' }: Sent): Promise<unknown> {
    const answer = await fetch(`${url}${query}`, {
      method: 'POST',
      headers: { ...jsonHeaders(), 'x-request-id': 'the-same', ...headers },
      body: typeof message === 'string' ? message : JSON.stringify(message),
    });
    const body = await answer.text();
    const code = /\[([a-z]{3}\d{3})\] untrusted/.exec(body)?.[1];
    return {
      status: answer.status,
      type: answer.headers.get('content-type'),
      body: (code === undefined ? body : body.replaceAll(code, 'CODE')).replace(/[\d,]+ MB free/, 'some MB free'),
    };
  }

  async function assertSame(sent: Sent, isPlain: boolean): Promise<void> {
    taken.length = 0;
    assert.deepEqual(await answerOf(short, sent), await answerOf(bySdk, sent));
    assert.equal(taken.length, isPlain ? 1 : 0);
  }

  describe('that is plainly right is answered the short way as by the SDK', () => {
    for (const { name, isReadOnly, toolset } of operations) {
      if (toolset === undefined) continue;
      it(name, async () => {
        const pass = passesOver(kept).find((one) => one.name === name);
        const inputs = [undefined, {}, { colour: 'red' }, { account: 'nobody@example.org' }, { dryRun: null }];
        for (const input of [...inputs, ...(pass?.mcp === undefined ? [] : [pass.mcp()[0], pass.refused()[0]])]) {
          await assertSame(modernToolCall(name, isReadOnly ? input : { ...input, dryRun: true }), true);
        }
      });
    }

    for (const id of ['x', '', 0, -1, 2 ** 53 - 1]) {
      it(`with the id ${JSON.stringify(id)}`, () => assertSame(modernToolCall('get_profile', {}, { id }), true));
    }

    for (const meta of [
      { [clientKey]: { name: 'a', version: '1' } },
      { [clientKey]: { version: '1', name: 'a', title: 'A', description: 'b', websiteUrl: 'c' } },
      { progressToken: 5 },
      { progressToken: 'p' },
      { 'claudecode/toolUseId': 'toolu_1' },
      { [capabilitiesKey]: { elicitation: {} } },
      { [capabilitiesKey]: { elicitation: { form: {}, url: {} }, roots: { listChanged: true }, sampling: {} } },
    ]) {
      it(`with ${JSON.stringify(meta)}`, () =>
        assertSame(modernToolCall('search_messages', { q: 'subject:one' }, { meta }), true));
    }

    it('with arguments of other types and of any length', async () => {
      await assertSame(modernToolCall('search_messages', { q: 'x'.repeat(100_000), maxResults: 'many' }), true);
      await assertSame(modernToolCall('search_messages', JSON.parse('{"__proto__":1,"constructor":null}')), true);
      await assertSame(modernToolCall('read_message', { id: '\ud800\u0000' }), true);
    });
  });

  describe('that is not is left to the SDK', () => {
    const plain = modernToolCall('get_profile', {});
    const { message, headers } = plain;
    const params = (message as { params: Json }).params;
    const meta = (more: Json): Sent => modernToolCall('get_profile', {}, { meta: more });
    const without = (name: string): Record<string, string> =>
      Object.fromEntries(Object.entries(headers).filter(([header]) => header !== name));

    const cases: Readonly<Record<string, Sent>> = {
      'an unknown tool': modernToolCall('no_such_tool', {}),
      'no name': { message: { ...(message as Json), params: { ...params, name: undefined } }, headers },
      'a tool that may ask, where the client can': modernToolCall(
        'send_message',
        { to: 'ann@example.org', dryRun: true },
        { meta: { [capabilitiesKey]: { elicitation: {} } } },
      ),
      'another member': { message: { ...(message as Json), extra: 1 }, headers },
      'another parameter': { message: { ...(message as Json), params: { ...params, task: {} } }, headers },
      'an answer to a question': {
        message: { ...(message as Json), params: { ...params, inputResponses: {}, requestState: 'x' } },
        headers,
      },
      'arguments that are a list': { message: { ...(message as Json), params: { ...params, arguments: [] } }, headers },
      'null for arguments': { message: { ...(message as Json), params: { ...params, arguments: null } }, headers },
      'no id': { message: { jsonrpc: '2.0', method: 'tools/call', params }, headers },
      'an id that is no id': modernToolCall('get_profile', {}, { id: 1.5 }),
      'an id of null': modernToolCall('get_profile', {}, { id: null }),
      'an id beyond what numbers can hold': {
        message: JSON.stringify(message).replace('"id":7', '"id":9007199254740993'),
        headers,
      },
      'another method': { message: { ...(message as Json), method: 'tools/list' }, headers },
      'no JSON-RPC': { message: { ...(message as Json), jsonrpc: '1.0' }, headers },
      'a batch': { message: [message], headers },
      'another revision': meta({ [versionKey]: '2027-01-01' }),
      'no capabilities': meta({ [capabilitiesKey]: undefined }),
      'capabilities that are none': meta({ [capabilitiesKey]: [] }),
      'unknown capabilities': meta({ [capabilitiesKey]: { flying: {} } }),
      'an odd capability': meta({ [capabilitiesKey]: { elicitation: { form: 1 } } }),
      'a client without a version': meta({ [clientKey]: { name: 'a' } }),
      'a client with icons': meta({ [clientKey]: { name: 'a', version: '1', icons: [] } }),
      'a log level': meta({ 'io.modelcontextprotocol/logLevel': 'debug' }),
      'an unknown log level': meta({ 'io.modelcontextprotocol/logLevel': 'shout' }),
      'another member of _meta': meta({ 'example.org/x': 1 }),
      'no header of the revision': { message, headers: without('mcp-protocol-version') },
      'no header of the method': { message, headers: without('mcp-method') },
      'no header of the name': { message, headers: without('mcp-name') },
      'a header of another revision': { message, headers: { ...headers, 'mcp-protocol-version': '2025-11-25' } },
      'a header of another method': { message, headers: { ...headers, 'mcp-method': 'tools/list' } },
      'a header of another name': { message, headers: { ...headers, 'mcp-name': 'list_labels' } },
      'a name in base64': { message, headers: { ...headers, 'mcp-name': '=?base64?Z2V0X3Byb2ZpbGU=?=' } },
      'a query': { ...plain, query: '?sessionId=x' },
    };
    for (const [name, sent] of Object.entries(cases)) {
      it(name, () => assertSame(sent, false));
    }

    it('a grant that the token has not', async () => {
      short.grants.delete('read');
      bySdk.grants.delete('read');
      // Refused by the operation, not by the protocol: the short way says the same.
      await assertSame(modernToolCall('get_profile', {}), true);
      short.grants.add('read');
      bySdk.grants.add('read');
    });
  });
});
