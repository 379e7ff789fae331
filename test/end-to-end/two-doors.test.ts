import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, SSEClientTransport, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { withoutCodes } from '../mcp/fence/without-codes.ts';
import { newEnvironment, run, startInstallation, type Installation } from '../support/installation.ts';

const questions = [
  '',
  'from:ann',
  'subject:plan -draft',
  '{plan invoice} has:attachment',
  'rfc822msgid:plan-2@example.org',
  '"second draft"',
  'larger:1K',
  'after:2025/03/02 before:2025/03/05',
];

/** A small archive with a thread, an attachment and two scripts. */
function archive(): string {
  const mail = (index: number, subject: string, extra: string, body: string) =>
    [
      `From ann@example.org Sun Mar 0${index} 10:00:00 2025`,
      'From: Ann Lee <ann@example.org>',
      'To: Bob <bob@example.org>',
      `Date: Sun, 0${index} Mar 2025 10:00:00 +0000`,
      `Message-ID: <plan-${index}@example.org>`,
      `Subject: ${subject}`,
      extra,
      'MIME-Version: 1.0',
      body,
      '',
    ]
      .filter((line) => line !== 'none')
      .join('\n');
  const attached = [
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'The invoice, second draft.',
    '--b',
    'Content-Type: text/csv',
    'Content-Disposition: attachment; filename=lines.csv',
    '',
    `item,price\n${'lamp,39.50\n'.repeat(200)}`,
    '--b--',
  ].join('\n');
  return [
    mail(1, 'The plan', 'none', '\nThe first draft of the plan.'),
    mail(
      2,
      'Re: The plan',
      'In-Reply-To: <plan-1@example.org>\nReferences: <plan-1@example.org>',
      '\n> The first draft\n\nGood. 计划很好。',
    ),
    mail(3, 'Invoice', 'none', attached),
    mail(4, 'Lunch', 'none', '\nSoup?'),
  ].join('\n');
}

describe('two servers on one imported mailbox', () => {
  let installation: Installation;
  const cleanups: (() => unknown)[] = [];
  const context = { after: (cleanup: unknown) => void cleanups.push(cleanup as () => unknown) };

  before(
    async () => {
      const environment = await newEnvironment(context);
      const folder = join(environment.GMAIL_HOME ?? '', 'archive');
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'plan.mbox'), archive());
      const imported = await run('gmail-llm', ['import', '--account', 'bob@example.org', folder], environment);
      assert.equal(imported.code, 0, imported.stderr);
      installation = await startInstallation(context, environment);
    },
    { timeout: 60_000 },
  );
  test.after(async () => {
    for (const cleanup of cleanups.toReversed()) await cleanup();
  });

  const headers = () => ({ authorization: `Bearer ${installation.token}` });

  const restIds = async (q: string): Promise<readonly string[]> => {
    const response = await fetch(`${installation.apiUrl}/api/messages?maxResults=100&q=${encodeURIComponent(q)}`, {
      headers: headers(),
    });
    const { messages } = (await response.json()) as { messages: { id: string }[] };
    return messages.map((message) => message.id);
  };

  async function connect(era: 'modern' | '2025' | 'sse'): Promise<Client> {
    const requestInit = { headers: headers() };
    const url = new URL(installation.mcpUrl);
    const client = new Client(
      { name: 'test', version: '1' },
      era === 'modern' ? { versionNegotiation: { mode: { pin: '2026-07-28' } } } : {},
    );
    await client.connect(
      era === 'sse'
        ? new SSEClientTransport(url, { requestInit })
        : new StreamableHTTPClientTransport(url, { requestInit }),
    );
    cleanups.push(() => client.close());
    return client;
  }

  async function mcpText(client: Client, name: string, input: Record<string, unknown>): Promise<string> {
    const { content, isError } = await client.callTool({ name, arguments: input });
    const [first] = content as { type: string; text: string }[];
    assert.notEqual(isError, true, first?.text);
    return withoutCodes(first?.text ?? '');
  }

  const idsIn = (text: string) => [...text.matchAll(/^\d+ ([0-9a-f]{16}) /gm)].map(([, id]) => id);

  for (const era of ['modern', '2025', 'sse'] as const) {
    test(`the ${era} MCP client and REST find the same messages in the same order`, async () => {
      const client = await connect(era);
      for (const q of questions) {
        const expected = await restIds(q);
        assert.deepEqual(idsIn(await mcpText(client, 'search_messages', { q, maxResults: 100 })), expected, q);
      }
      assert.equal((await restIds('')).length, 4);
    });
  }

  test('a message, a thread and an attachment read the same through both servers', async () => {
    const client = await connect('modern');
    const [id = ''] = await restIds('subject:invoice');
    const rest = (await (await fetch(`${installation.apiUrl}/api/messages/${id}`, { headers: headers() })).json()) as {
      text: string;
    };
    assert.ok((await mcpText(client, 'read_message', { id })).includes(rest.text));
    const file = await fetch(`${installation.apiUrl}/api/messages/${id}/attachments/a1`, { headers: headers() });
    const csv = await file.text();
    assert.ok((await mcpText(client, 'read_attachment', { messageId: id, attachment: 'a1' })).includes(csv.trim()));
    const [reply = ''] = await restIds('subject:re');
    const message = (await (
      await fetch(`${installation.apiUrl}/api/messages/${reply}?body=none`, { headers: headers() })
    ).json()) as {
      threadId: string;
    };
    const thread = await mcpText(client, 'read_thread', { id: message.threadId });
    assert.match(thread, /2 messages/);
    assert.match(thread, /计划很好/);
  });

  test('a label set through one door is seen through the other at once', async () => {
    const client = await connect('2025');
    const [id = ''] = await restIds('subject:lunch');
    await mcpText(client, 'modify_messages', { ids: [id], addLabelIds: ['STARRED'] });
    assert.deepEqual(await restIds('is:starred'), [id]);
    await fetch(`${installation.apiUrl}/api/messages/modify`, {
      method: 'POST',
      headers: { ...headers(), 'content-type': 'application/json' },
      body: JSON.stringify({ ids: [id], removeLabelIds: ['STARRED'] }),
    });
    assert.match(await mcpText(client, 'search_messages', { q: 'is:starred' }), /^No messages match/);
  });

  async function waitReady(url: string): Promise<void> {
    const deadline = Date.now() + 15_000;
    for (;;) {
      const status = await fetch(url).then(
        (response) => response.status,
        () => 0,
      );
      if (status === 200) return;
      assert.ok(Date.now() < deadline, `${url} did not come back`);
      await delay(20);
    }
  }

  test('kill -9 of the REST server changes nothing for an MCP client, and REST is back by itself', async () => {
    const client = await connect('modern');
    const expected = await mcpText(client, 'search_messages', {});
    const before = await installation.pid('gmail-api-server');
    let isOver = false;
    const readings = (async () => {
      let count = 0;
      while (!isOver) {
        assert.equal(await mcpText(client, 'search_messages', {}), expected);
        count += 1;
      }
      return count;
    })();
    process.kill(before, 'SIGKILL');
    await waitReady(`${installation.apiUrl}/health/ready`);
    isOver = true;
    assert.ok((await readings) > 3);
    assert.notEqual(await installation.pid('gmail-api-server'), before);
  });

  test('kill -9 of the MCP server changes nothing for REST, and connected MCP clients go on where they were', async () => {
    const modern = await connect('modern');
    const old = await connect('2025');
    const expected = await mcpText(modern, 'search_messages', {});
    const before = await installation.pid('gmail-mcp-server');
    const ids = await restIds('');
    let isOver = false;
    const readings = (async () => {
      let count = 0;
      while (!isOver) {
        assert.deepEqual(await restIds(''), ids);
        count += 1;
      }
      return count;
    })();
    process.kill(before, 'SIGKILL');
    await waitReady(installation.mcpUrl.replace('/mcp', '/health/ready'));
    isOver = true;
    assert.ok((await readings) > 3);
    assert.equal(await mcpText(modern, 'search_messages', {}), expected);
    assert.equal(await mcpText(old, 'search_messages', {}), expected);
    assert.notEqual(await installation.pid('gmail-mcp-server'), before);
  });

  test('one request id goes through the door into the log line of the server', async () => {
    await fetch(`${installation.apiUrl}/api/profile`, { headers: { ...headers(), 'x-request-id': 'trace-me-1' } });
    const { stdout } = await installation.command('ctl', 'tail', '-3000', 'gmail-api-server');
    assert.match(stdout, /"requestId":"trace-me-1".*"operation":"get_profile"/);
  });

  test('ctl stops, starts and restarts one server while the other serves on', async () => {
    const { command } = installation;
    const stopped = await command('ctl', 'stop', 'gmail-api-server');
    assert.deepEqual([stopped.code, stopped.stdout], [0, 'gmail-api-server: stopped\n']);
    const client = await connect('modern');
    assert.match(await mcpText(client, 'get_profile', {}), /^bob@example.org: 4 messages/);
    const status = await command('ctl', 'status', '--json');
    const rows = JSON.parse(status.stdout) as { name: string; state: string; ready: boolean }[];
    assert.deepEqual(
      rows.map(({ name, state, ready }) => [name, state, ready]),
      [
        ['gmail-dashboard', 'RUNNING', true],
        ['gmail-api-server', 'STOPPED', false],
        ['gmail-mcp-server', 'RUNNING', true],
      ],
    );
    assert.equal((await command('ctl', 'start', 'gmail-api-server')).stdout, 'gmail-api-server: started\n');
    const restarted = await command('ctl', 'restart', 'gmail-api-server');
    assert.equal(restarted.stdout, 'gmail-api-server: stopped\ngmail-api-server: started\n');
    assert.equal((await fetch(`${installation.apiUrl}/health/ready`)).status, 200);
  });
});

test('up stops both servers when it is told to, in reverse order', { timeout: 60_000 }, async (t) => {
  const cleanups: (() => unknown)[] = [];
  const environment = await newEnvironment(t);
  const installation = await startInstallation(
    { after: (cleanup) => void cleanups.push(cleanup as () => unknown) },
    environment,
  );
  const { code } = await installation.command('ctl', 'shutdown');
  assert.equal(code, 0);
  for (const cleanup of cleanups) await cleanup();
  const log = readFileSync(join(installation.home, 'logs', 'supervisord.log'), 'utf8');
  const stops = [...log.matchAll(/stopped: '?([\w-]+)/g)].map(([, name]) => name);
  assert.deepEqual(stops, ['gmail-dashboard', 'gmail-api-server', 'gmail-mcp-server']);
  await assert.rejects(fetch(`${installation.apiUrl}/health/live`));
});
