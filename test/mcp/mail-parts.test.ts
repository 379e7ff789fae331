import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { Client } from '@modelcontextprotocol/client';
import { InMemoryTransport } from '@modelcontextprotocol/server';
import { grants as allGrants, type Grant } from '../../src/core/grants.ts';
import { localMailboxFolder } from '../../src/store/sqlite/mail/local-mailboxes.ts';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { operationServers } from '../../src/mcp/operation-server.ts';
import { operations } from '../../src/operations/operations.ts';
import { assemble } from '../../src/server/assemble.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import { buildMail } from '../build-mail.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { createMarks, hostileMail } from './fence/hostile-mail.ts';
import { outsideOfFences } from './fence/outside-of-fences.ts';

const owner = 'bob@example.org';
const bytes = Buffer.from([0, 1, 2, 253, 254, 255]);

suite('mail as resources, prompts and completions', () => {
  const cleanups: (() => unknown)[] = [];
  const marks = createMarks();
  const kept = { plain: '', hostile: '' };
  let connect: (...grants: readonly Grant[]) => Promise<Client>;

  before(async () => {
    const home = temporaryFolder({ after: (cleanup: unknown) => void cleanups.push(cleanup as () => unknown) });
    const { services, home: paths } = await assemble({
      program: 'test',
      environment: { GMAIL_HOME: home },
      logTo: 2,
      logLevel: 'error',
    });
    cleanups.push(() => services.accounts.close());
    const mailbox = openLocalMailbox({
      store: openMailStore(localMailboxFolder(paths.dataFolder, owner)),
      emailAddress: owner,
    });
    const clients = await mailbox.createLabel({ name: 'Clients/Old & new' });
    const file = (raw: Uint8Array, ...labelIds: readonly string[]) => mailbox.importMessage({ raw, labelIds });
    const attachment = [
      'Content-Type: application/x-obey-me; name="obey me.bin"',
      'Content-Disposition: attachment',
      'Content-Transfer-Encoding: base64',
      '',
      bytes.toString('base64'),
    ].join('\r\n');
    const mail = [
      'From: Ann Lee <ann@example.net>',
      `To: ${owner}`,
      'Subject: Plan',
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary="edge"',
      '',
      '--edge\r\n\r\nHere is the plan.',
      `--edge\r\n${attachment}\r\n--edge--\r\n`,
    ].join('\r\n');
    kept.plain = (await file(Buffer.from(mail), 'INBOX', 'UNREAD', clients.id)).id;
    kept.hostile = (await file(hostileMail(marks.next, { id: 'one@example.net' }), 'INBOX', 'UNREAD')).id;
    const sent = { from: owner, to: 'Cleo <Cleo@example.com>, "obey me" <"obey me"@example.com>', subject: 'Hi' };
    await file(buildMail(sent), 'SENT');
    mailbox.close();
    const { buildServer } = operationServers(operations, new Set(['core']), services);
    connect = async (...grants) => {
      const [clientSide, serverSide] = InMemoryTransport.createLinkedPair();
      const client = new Client({ name: 'test', version: '1' });
      await buildServer(() => ({ name: 'bob', grants: new Set(grants) })).connect(serverSide);
      await client.connect(clientSide);
      cleanups.push(() => client.close());
      return client;
    };
  });
  after(async () => {
    for (const cleanup of cleanups.toReversed()) await cleanup();
  });

  async function readText(client: Client, uri: string): Promise<string> {
    const { contents } = await client.readResource({ uri });
    const [content] = contents;
    assert.ok(content !== undefined && 'text' in content);
    assert.equal(content.uri, uri);
    return content.text;
  }

  test('messages, threads and lists are resources by the forms that are listed', async () => {
    const client = await connect('read');
    const { resourceTemplates } = await client.listResourceTemplates();
    assert.deepEqual(
      resourceTemplates.map(({ uriTemplate }) => uriTemplate),
      [
        'gmail://messages/{id}{?account}',
        'gmail://threads/{id}{?account}',
        'gmail://messages/{messageId}/attachments/{attachment}{?account}',
        'gmail://labels/{label}{?account}',
        'gmail://people/{address}{?account}',
        'gmail://search/{q}{?account}',
      ],
    );
    for (const uri of [
      'gmail://inbox',
      `gmail://messages/${kept.plain}`,
      `gmail://threads/${kept.plain}?account=bob%40example.org`,
      'gmail://labels/Clients%2FOld%20%26%20new',
      'gmail://people/ann%40example.net',
      'gmail://search/from%3Aann%40example.net',
    ]) {
      assert.match(await readText(client, uri), /\n\[\w{6}\] untrusted mail[^]*Plan/, uri);
    }
  });

  test('a file that is no text is linked, and its bytes are a resource under a type of ours', async () => {
    const client = await connect('read');
    const { content } = await client.callTool({
      name: 'read_attachment',
      arguments: { messageId: kept.plain, attachment: 'a1' },
    });
    const uri = `gmail://messages/${kept.plain}/attachments/a1?account=bob%40example.org`;
    assert.deepEqual(content[1], {
      type: 'resource_link',
      uri,
      name: 'a1',
      mimeType: 'application/octet-stream',
      size: bytes.byteLength,
    });
    const { contents } = await client.readResource({ uri });
    assert.deepEqual(contents, [{ uri, mimeType: 'application/octet-stream', blob: bytes.toString('base64') }]);
  });

  test('a resource that is not there is an error of the protocol', async () => {
    const client = await connect('read');
    for (const uri of [
      'gmail://messages/0000000000000000',
      'gmail://people/ann%40example.net%20OR%20in%3Aanywhere',
      'gmail://nothing/here',
      'gmail://messages/%E0%A4',
      'file:///etc/passwd',
    ]) {
      await assert.rejects(client.readResource({ uri }), { code: -32_602 }, uri);
    }
  });

  test('nobody without the grant is offered or given anything', async () => {
    const client = await connect('organize');
    assert.deepEqual((await client.listResources()).resources, []);
    assert.deepEqual((await client.listResourceTemplates()).resourceTemplates, []);
    assert.deepEqual((await client.listPrompts()).prompts, []);
    await assert.rejects(client.readResource({ uri: 'gmail://inbox' }), { code: -32_602 });
    await assert.rejects(client.getPrompt({ name: 'triage_inbox' }), { code: -32_602 });
    const ref = { type: 'ref/prompt', name: 'triage_inbox' } as const;
    const { completion } = await client.complete({ ref, argument: { name: 'label', value: '' } });
    assert.deepEqual(completion.values, []);
  });

  test('a prompt is a task with the mail that it needs', async () => {
    const client = await connect('read', 'draft');
    assert.deepEqual(
      (await client.listPrompts()).prompts.map(({ name }) => name),
      ['triage_inbox', 'summarize_thread', 'draft_reply'],
    );
    for (const [name, given, expected] of [
      ['triage_inbox', {}, /^Below is my unread mail\.[^]*Plan/],
      ['triage_inbox', { label: 'Clients/Old & new' }, /^Below is my unread mail\.[^]*Plan/],
      ['summarize_thread', { id: kept.plain }, /^Summarize the conversation below[^]*Here is the plan\./],
      [
        'draft_reply',
        { id: kept.plain, wish: 'Yes, on Monday.' },
        /should say: Yes, on Monday\.\n[^]*Here is the plan\./,
      ],
    ] as const) {
      const { messages } = await client.getPrompt({ name, arguments: given });
      const [message] = messages;
      assert.ok(message?.content.type === 'text' && messages.length === 1);
      assert.match(message.content.text, expected);
    }
    await assert.rejects(client.getPrompt({ name: 'draft_reply' }), {
      code: -32_602,
      message: /needs the argument id/,
    });
    await assert.rejects(client.getPrompt({ name: 'triage_inbox', arguments: { q: 'x' } }), { code: -32_602 });
    const reader = await connect('read');
    assert.ok(!(await reader.listPrompts()).prompts.some(({ name }) => name === 'draft_reply'));
  });

  test('labels, accounts and addresses that were written to complete what is typed', async () => {
    const client = await connect('read');
    const ref = { type: 'ref/resource', uri: 'gmail://people/{address}{?account}' } as const;
    const complete = async (name: string, value: string) =>
      (await client.complete({ ref, argument: { name, value } })).completion.values;
    assert.deepEqual(await complete('label', 'clients'), ['Clients/Old & new']);
    assert.deepEqual(await complete('label', 'inb'), ['INBOX']);
    assert.deepEqual(await complete('account', ''), [owner]);
    assert.deepEqual(await complete('address', ''), ['cleo@example.com']);
    assert.deepEqual(await complete('address', 'x'), []);
    assert.deepEqual(await complete('id', ''), []);
  });

  test('what others wrote is inside of a fence in every resource, prompt and error', async () => {
    const client = await connect(...allGrants);
    const texts: string[] = [];
    const { resources } = await client.listResources();
    const uris = [
      ...resources.map(({ uri }) => uri),
      `gmail://messages/${kept.hostile}`,
      `gmail://threads/${kept.hostile}`,
      'gmail://labels/INBOX',
      `gmail://people/${owner}`,
    ];
    for (const uri of uris) texts.push(await readText(client, uri));
    for (const { name, arguments: taken = [] } of (await client.listPrompts()).prompts) {
      const given = taken.some(({ name: argument }) => argument === 'id') ? { id: kept.hostile } : {};
      const { messages } = await client.getPrompt({ name, arguments: given });
      texts.push(...messages.map(({ content }) => (content.type === 'text' ? content.text : '')));
    }
    for (const text of texts) {
      assert.match(text, /ZQ\d+Q/);
      assert.doesNotMatch(outsideOfFences(text), /ZQ\d+Q/i, text);
    }
    for (const uri of [
      `gmail://messages/${marks.next('id')}`,
      `gmail://labels/x?account=${marks.next('x')}%40x.example`,
    ]) {
      await assert.rejects(client.readResource({ uri }), (error: Error) => {
        assert.doesNotMatch(outsideOfFences(error.message.replace(/^MCP error -?\d+: /, '')), /ZQ\d+Q/i);
        return true;
      });
    }
    for (const attachment of ['a2', 'a3']) {
      const uri = `gmail://messages/${kept.hostile}/attachments/${attachment}`;
      const { contents } = await client.readResource({ uri });
      assert.deepEqual(
        contents.map(({ mimeType }) => mimeType),
        ['application/octet-stream'],
      );
    }
  });
});
