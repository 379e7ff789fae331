import assert from 'node:assert/strict';
import { once } from 'node:events';
import { spawn, type ChildProcess } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { childEnvironment } from '../support/child-environment.ts';
import { freePorts } from '../support/free-ports.ts';
import { bin, run } from '../support/installation.ts';
import { skipWithoutPostgres, startPostgres } from '../support/postgres.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

type Json = Readonly<Record<string, unknown>>;
type Environment = Readonly<Record<string, string>>;

interface Server {
  readonly url: string;
  readonly child: ChildProcess;
  readonly stderr: () => string;
}

async function startServer(t: TestContext, program: string, environment: Environment): Promise<Server> {
  const [port] = await freePorts(1);
  const variable = { 'gmail-api-server': 'GMAIL_API_PORT', 'gmail-mcp-server': 'GMAIL_MCP_PORT' }[program] ?? '';
  const others = Object.fromEntries(['GMAIL_API_PORT', 'GMAIL_MCP_PORT'].map((name) => [name, '0']));
  const child = spawn(process.execPath, [join(bin, `${program}.js`)], {
    env: { ...childEnvironment, ...others, ...environment, [variable]: `${port}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  t.after(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  let output = '';
  let stderr = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.includes('"listening"')) resolve();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('exit', (code) => reject(new Error(`${program} ended with ${code}: ${stderr}${output}`)));
  });
  return { url: `http://127.0.0.1:${port}`, child, stderr: () => stderr };
}

/** A call of the REST API with the owner's token. */
async function call(
  { url }: Server,
  token: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ readonly status: number; readonly json: Json }> {
  const response = await fetch(`${url}/api${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, json: (await response.json()) as Json };
}

async function callTool({ url }: Server, token: string, name: string, args: object): Promise<string> {
  const version = '2026-07-28';
  const response = await fetch(`${url}/mcp`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': version,
      'mcp-method': 'tools/call',
      'mcp-name': name,
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: {
        name,
        arguments: args,
        _meta: {
          'io.modelcontextprotocol/protocolVersion': version,
          'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
          'io.modelcontextprotocol/clientCapabilities': {},
        },
      },
    }),
  });
  return response.text();
}

/** The homes of hosts that share a database: the first has made the key, the others have been given it. */
async function hosts(t: TestContext, address: string, count: number): Promise<readonly Environment[]> {
  const homes = Array.from({ length: count }, () => temporaryFolder(t));
  const [first = ''] = homes;
  const environments = homes.map((GMAIL_HOME) => ({ GMAIL_HOME, GMAIL_STORE: address, TZ: 'UTC' }));
  const made = await run('gmail-llm', ['token'], environments[0] ?? {});
  assert.equal(made.code, 0, made.stderr);
  for (const home of homes.slice(1)) {
    mkdirSync(join(home, 'data/gmail'), { recursive: true, mode: 0o700 });
    copyFileSync(join(first, 'data/gmail/key'), join(home, 'data/gmail/key'));
  }
  return environments;
}

const mbox = (count: number): string =>
  Array.from(
    { length: count },
    (_, n) =>
      `From ann@example.org Mon Jun 15 12:00:0${n % 10} 2026\nFrom: Ann <ann@example.org>\nTo: me@example.org\nSubject: Plan ${n}\nMessage-ID: <${n}@example.org>\nDate: Mon, 15 Jun 2026 12:00:0${n % 10} +0000\n\nThe quaternion of plan ${n}.\n\n`,
  ).join('');

suite('two hosts on one PostgreSQL', { skip: skipWithoutPostgres }, () => {
  test('serve one mailbox: what one changes the other has, and one of them alone serves on', async (t) => {
    const postgres = await startPostgres(t);
    const [one = {}, other = {}] = await hosts(t, postgres.create('mail'), 2);
    const file = join(temporaryFolder(t), 'mail.mbox');
    writeFileSync(file, mbox(30));
    const imported = await run('gmail-llm', ['import', '--account', 'me@example.org', file], one);
    assert.equal(imported.code, 0, imported.stderr);
    const bob = await run('gmail-llm', ['import', '--account', 'bob@example.org', file], other);
    assert.equal(bob.code, 0, bob.stderr);

    const token = (await run('gmail-llm', ['token'], other)).stdout.trim();
    assert.equal(token, (await run('gmail-llm', ['token'], one)).stdout.trim());
    const [first, second, mcp] = await Promise.all([
      startServer(t, 'gmail-api-server', one),
      startServer(t, 'gmail-api-server', other),
      startServer(t, 'gmail-mcp-server', other),
    ]);
    const account = 'account=me@example.org';

    const found = await call(first, token, 'GET', `/messages?q=quaternion&maxResults=50&${account}`);
    const messages = found.json.messages as readonly Json[];
    assert.equal(messages.length, 30);
    const id = String(messages[0]?.id);
    assert.match(await callTool(mcp, token, 'read_message', { id, account: 'me@example.org' }), /quaternion of plan/);

    const labelled = { ids: [id], addLabelIds: ['STARRED'], account: 'me@example.org' };
    assert.equal((await call(second, token, 'POST', '/messages/modify', labelled)).status, 200);
    const starred = await call(first, token, 'GET', `/messages?q=is:starred&${account}`);
    assert.deepEqual(
      (starred.json.messages as readonly Json[]).map((message) => message.id),
      [id],
    );

    // The same send through both at once, as a client does that was not answered in time.
    const mail = {
      to: ['bob@example.org'],
      subject: 'Once',
      body: 'Only once.',
      idempotencyKey: 'k1',
      account: 'me@example.org',
    };
    const sent = await Promise.all(
      [first, second].map((server) => call(server, token, 'POST', '/messages/send', mail)),
    );
    assert.deepEqual(
      sent.map(({ status }) => status),
      [200, 200],
      JSON.stringify(sent),
    );
    const arrived = await call(second, token, 'GET', '/messages?q=subject:once&account=bob@example.org');
    assert.equal((arrived.json.messages as readonly Json[]).length, 1);

    // A token made on one host is good on the other, until it is revoked on a third command's.
    const made = await run('gmail-llm', ['token', 'create', 'reader', '--grants', 'read'], one);
    const reader = made.stdout.trim();
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal((await call(second, reader, 'GET', `/profile?${account}`)).status, 200);
    await run('gmail-llm', ['token', 'revoke', 'reader'], other);
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal((await call(first, reader, 'GET', `/profile?${account}`)).status, 401);

    // A file that one host took is attached by the other.
    const upload = await fetch(`${first.url}/api/uploads?filename=a.txt`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'text/plain' },
      body: 'attached',
    });
    const { uploadId } = (await upload.json()) as { uploadId: string };
    const draft = {
      to: ['bob@example.org'],
      subject: 'With',
      body: 'x',
      attachments: [{ uploadId }],
      account: 'me@example.org',
    };
    assert.equal((await call(second, token, 'POST', '/drafts', draft)).status, 201);

    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    assert.equal((await call(second, token, 'GET', `/messages?q=quaternion&${account}`)).status, 200);
    const again = await call(second, token, 'POST', '/messages/send', mail);
    assert.equal(again.status, 200);
    const still = await call(second, token, 'GET', '/messages?q=subject:once&account=bob@example.org');
    assert.equal((still.json.messages as readonly Json[]).length, 1);

    const policy = join(temporaryFolder(t), 'policy.json');
    writeFileSync(policy, '{"sending": "off"}');
    const set = await run('gmail-llm', ['policy', 'set', policy], one);
    assert.equal(set.code, 0, set.stderr);
    assert.equal((await call(second, token, 'POST', '/messages/send', { ...mail, idempotencyKey: 'k2' })).status, 403);
    const health = (await (await fetch(`${second.url}/health/ready`)).json()) as Json;
    assert.equal(health.status, 'ready');
  });

  test('a host without the key, or with another, refuses to start', async (t) => {
    const postgres = await startPostgres(t);
    const [, stranger = {}] = await hosts(t, postgres.create('mail'), 2);
    const key = join(stranger.GMAIL_HOME ?? '', 'data/gmail/key');
    rmSync(key);
    for (const program of ['gmail-api-server', 'gmail-mcp-server', 'gmail-dashboard']) {
      const started = await run(program, [], {
        ...stranger,
        GMAIL_API_PORT: '0',
        GMAIL_MCP_PORT: '0',
        GMAIL_DASHBOARD_PORT: '0',
      });
      assert.equal(started.code, 75);
      assert.match(started.stderr, /This host has no key of the store .*mail: there is no .*key\./);
    }
    writeFileSync(key, `00000000:${'A'.repeat(43)}`, { mode: 0o600 });
    const started = await run('gmail-api-server', [], { ...stranger, GMAIL_API_PORT: '0' });
    assert.equal(started.code, 75);
    assert.match(started.stderr, /is not the key of the store/);
    const doctor = await run('gmail-llm', ['doctor'], stranger);
    assert.match(doctor.stdout, /store.*is not the key of the store/);
  });

  test('live accounts, which one host keeps, are refused with it', async (t) => {
    const environment = {
      GMAIL_HOME: temporaryFolder(t),
      GMAIL_STORE: 'postgres://somebody:secret@127.0.0.1:1/mail',
      GMAIL_BACKEND: 'gmail',
      GMAIL_API_PORT: '0',
    };
    const started = await run('gmail-api-server', [], environment);
    assert.equal(started.code, 2);
    assert.match(started.stderr, /GMAIL_STORE: expected nothing with GMAIL_BACKEND=gmail/);
    assert.doesNotMatch(started.stderr, /secret/);
  });
});
