import assert from 'node:assert/strict';
import type { IncomingHttpHeaders } from 'node:http';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { signedHeaders } from '../../src/events/sign-webhook.ts';
import { startPlain } from '../core/egress/egress-servers.ts';
import { runCommand } from './command-harness.ts';
import { filledHome } from './doctor-harness.ts';

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A home whose policy lets a receiver on this machine be called, and that receiver. */
async function startReceiver(t: TestContext) {
  const { environment, data } = await filledHome(t);
  const received: Received[] = [];
  const answer = { status: 204 };
  const port = await startPlain(t, (request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      received.push({ headers: request.headers, body });
      response.writeHead(answer.status).end();
    });
  });
  const url = `http://127.0.0.1:${port}/mail`;
  const policy = { egress: { allow: [`http://127.0.0.1:${port}`] } };
  writeFileSync(join(data, '..', 'policy.json'), JSON.stringify(policy), { mode: 0o600 });
  const run = (...words: readonly string[]) => runCommand(['webhook', ...words], environment);
  return {
    url,
    received,
    answer,
    run,
    async add(...words: readonly string[]): Promise<{ id: string; secret: string }> {
      const { code, stdout, stderr } = await run('add', url, '--json', ...words);
      assert.equal(code, 0, stderr);
      return JSON.parse(stdout);
    },
    list: async (): Promise<readonly Record<string, unknown>[]> => JSON.parse((await run('list', '--json')).stdout),
  };
}

/** Whether a request is signed with a secret, as Standard Webhooks verifies it. */
function isSigned({ headers, body }: Received, secret: string): boolean {
  const id = String(headers['webhook-id']);
  const nowMs = Number(headers['webhook-timestamp']) * 1000;
  const { 'webhook-signature': signature } = signedHeaders({ id, body, nowMs }, [{ secret }]);
  return String(headers['webhook-signature']).split(' ').includes(signature);
}

suite('gmail-llm webhook', () => {
  test('makes one, shows its secret once, and tries it', async (t) => {
    const { url, add, list, run, received, answer } = await startReceiver(t);
    assert.equal((await run('list')).stdout, '');
    const { id, secret } = await add('--kind', 'messageAdded,labelsChanged', '--q', 'from:ann');
    const [shown, ...others] = await list();
    assert.deepEqual(others, []);
    assert.deepEqual(
      [shown?.id, shown?.url, shown?.kinds, shown?.q, shown?.secrets],
      [id, url, ['messageAdded', 'labelsChanged'], 'from:ann', 1],
    );
    assert.ok(!(await run('list')).stdout.includes(secret));
    assert.deepEqual(await run('test', id), { code: 0, stdout: 'Delivered: HTTP 204.\n', stderr: '' });
    const [first] = received;
    assert.ok(first !== undefined && isSigned(first, secret));
    assert.equal(JSON.parse(first.body).data.state, 'test');
    answer.status = 500;
    const failed = await run('test', id);
    assert.equal(failed.code, 75);
    assert.match(failed.stderr, /Not delivered: the receiver answered HTTP 500\./);
  });

  test('signs with the new secret and the one before after a rotation', async (t) => {
    const { add, run, received } = await startReceiver(t);
    const { id, secret } = await add();
    const [rotated = ''] = (await run('rotate', id)).stdout.split('\n');
    assert.match(rotated, /^whsec_/);
    await run('test', id);
    const [request] = received;
    assert.ok(request !== undefined && isSigned(request, secret) && isSigned(request, rotated));
  });

  test('refuses addresses, kinds, accounts and queries that cannot be', async (t) => {
    const { url, run, list } = await startReceiver(t);
    const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
      [['add', 'mail'], 2, /no address for a webhook/],
      [['add', 'ftp://example.org/'], 2, /no address for a webhook/],
      [['add', 'https://me:secret@example.org/'], 2, /no address for a webhook/],
      [['add', 'http://127.0.0.2/'], 77, /may not be called from here/],
      [['add', url, '--kind', 'mail'], 2, /--kind/],
      [['add', url, '--account', 'nobody@example.org'], 2, /no such account/],
      [['add', url, '--q', 'larger:x'], 2, /this is no size/],
      [['remove', 'wh_none'], 4, /no webhook wh_none/],
      [['resend', 'msg_none'], 4, /msg_none/],
      [['frobnicate'], 2, /no verb frobnicate/],
      [['test'], 2, /ID is missing/],
    ];
    for (const [words, code, message] of cases) {
      const ended = await run(...words);
      assert.deepEqual([words, ended.code], [words, code], ended.stderr);
      assert.match(ended.stderr, message);
    }
    assert.deepEqual(await list(), []);
  });

  test('forgets one that is removed', async (t) => {
    const { add, run, list } = await startReceiver(t);
    const { id } = await add();
    assert.deepEqual(await run('remove', id), { code: 0, stdout: '', stderr: '' });
    assert.deepEqual(await list(), []);
  });
});
