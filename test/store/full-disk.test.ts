import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { call, hosts, mbox, startServer, type Json } from '../support/hosts.ts';
import { run } from '../support/installation.ts';
import { diskBytes, skipWithoutPostgres, startPostgres } from '../support/postgres.ts';
import { skipWithoutDisks } from '../support/small-disk.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const account = 'me@example.org';
const long = (number: number) => `${number} ${'x'.repeat(180)}`;
/** What fits into the pages that the tables have already is far less. */
const mostTries = 300;

/** Calls that change something, each of them another at each number. */
const changes: readonly (readonly [method: string, path: string, body: (number: number) => object])[] = [
  ['POST', '/messages/modify', () => ({ account, ids: [], addLabelIds: ['STARRED'] })],
  ['POST', '/labels', (number) => ({ account, name: long(number) })],
  ['POST', '/drafts', (number) => ({ account, to: ['bob@example.org'], subject: 'A draft', body: long(number) })],
  ['POST', '/messages/send', (number) => ({ account, to: ['bob@example.org'], subject: 'Mail', body: long(number) })],
  ['POST', '/messages/import', (number) => ({ account, from: 'ann@example.org', to: [account], text: long(number) })],
  [
    'PATCH',
    '/settings/vacation',
    (number) => ({ account, enableAutoReply: true, responseBodyPlainText: long(number) }),
  ],
  [
    'POST',
    '/filters',
    (number) => ({ account, criteria: { from: long(number) }, action: { addLabelIds: ['STARRED'] } }),
  ],
  ['POST', '/uploads?filename=a', (number) => ({ number, text: long(number) })],
  ['POST', '/admin/tokens', (number) => ({ name: `token-${number}`, grants: ['read'] })],
  ['POST', '/admin/webhooks', (number) => ({ url: `http://127.0.0.1:9/${number}` })],
];

suite('a PostgreSQL whose disk is full', { skip: skipWithoutPostgres || skipWithoutDisks }, () => {
  test('refuses changes of every kind by name, serves what is read, and needs nobody when there is room', async (t) => {
    const postgres = await startPostgres(t, { hasDisks: true });
    const [host = {}] = await hosts(t, postgres.create('mail'), 1);
    const environment = { ...host, GMAIL_GRANTS: 'all' };
    const folder = temporaryFolder(t);
    const file = (name: string, text: string) => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const command = async (...words: readonly string[]) => {
      const { code, stdout, stderr } = await run('gmail-llm', words, environment);
      assert.equal(code, 0, stderr);
      return stdout;
    };
    const imported = file('mbox', mbox(3));
    for (const address of [account, 'bob@example.org']) await command('import', '--account', address, imported);
    const policy = {
      sending: 'direct',
      egress: { allow: ['http://127.0.0.1:9'] },
      limits: { perHour: 1000, perDay: 1000 },
    };
    await command('policy', 'set', file('policy.json', JSON.stringify(policy)));
    const token = (await command('token')).trim();
    const server = await startServer(t, 'gmail-api-server', environment);
    const found = (await call(server, token, 'GET', `/messages?account=${account}`)).json.messages as readonly Json[];
    const ids = found.map(({ id }) => String(id));
    const change = (place: number, number: number) => {
      const [method = '', path = '', bodyOf] = changes[place] ?? [];
      const body = { ...bodyOf?.(number) };
      const labels = number % 2 === 0 ? { addLabelIds: ['STARRED'] } : { removeLabelIds: ['STARRED'] };
      return call(server, token, method, path, 'ids' in body ? { account, ids, ...labels } : body);
    };

    await postgres.disks?.tables.fill();
    for (const [place, [method, path]] of changes.entries()) {
      let answer: Awaited<ReturnType<typeof change>> | undefined;
      for (let number = 0; number < mostTries && answer?.status !== 503; number += 1) {
        answer = await change(place, number);
        // What becomes of a message when there is just room for noting that it is sent is found out later.
        const isRight = answer.status < 300 || ['UNAVAILABLE', 'OUTCOME_UNKNOWN'].includes(String(answer.json.code));
        assert.ok(isRight, `${method} ${path}: ${JSON.stringify(answer.json)}`);
      }
      assert.equal(answer?.json.code, 'UNAVAILABLE', `${method} ${path}`);
      assert.match(String(answer.json.detail), /cannot grow: its disk is full\.$/);
    }
    const reads = [
      `messages?account=${account}&q=quaternion`,
      `messages/${ids[0]}?account=${account}`,
      'messages?account=bob@example.org',
      'events?after=0',
      'admin/audit',
    ];
    // One that starts meanwhile, too.
    for (const one of [server, await startServer(t, 'gmail-api-server', environment)]) {
      for (const path of reads) {
        const { status, json } = await call(one, token, 'GET', `/${path}`);
        assert.equal(status, 200, `${path}: ${JSON.stringify(json)}`);
      }
      assert.equal((await fetch(`${one.url}/health/ready`)).status, 200);
    }

    postgres.disks?.tables.resize(diskBytes);
    for (const [place, [method, path]] of changes.entries()) {
      const { status, json } = await change(place, mostTries);
      assert.ok(status < 300, `${method} ${path}: ${JSON.stringify(json)}`);
    }
    await command('check');
    await command('audit', '--verify');
  });
});
