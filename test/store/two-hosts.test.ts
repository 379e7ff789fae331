import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { tokensFreshMs } from '../../src/safety/tokens/check-token.ts';
import { clientKey, jsonHeaders, modernToolCall, post } from '../mcp/raw-http.ts';
import { call, hosts, mbox, startServer, type Json, type Server } from '../support/hosts.ts';
import { run } from '../support/installation.ts';
import { skipWithoutPostgres, startPostgres } from '../support/postgres.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function callTool({ url }: Server, token: string, name: string, args: object): Promise<string> {
  const meta = { [clientKey]: { name: 'test', version: '1' } };
  const { message, headers } = modernToolCall(name, args, { id: 1, meta });
  const response = await post(`${url}/mcp`, message, { ...jsonHeaders(token), ...headers });
  return response.text();
}

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
    const made = await run(
      'gmail-llm',
      ['token', 'create', 'reader', '--grants', 'read', '--toolsets', 'threads'],
      one,
    );
    const reader = made.stdout.trim();
    await delay(tokensFreshMs);
    assert.equal((await call(second, reader, 'GET', `/profile?${account}`)).status, 200);
    await run('gmail-llm', ['token', 'revoke', 'reader'], other);
    await delay(tokensFreshMs);
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
});
