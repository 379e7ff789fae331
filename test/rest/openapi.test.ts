import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { examples } from '../../src/rest/openapi-examples.ts';
import { summaries } from '../../src/rest/rest-summaries.ts';
import { operations } from '../../src/operations/operations.ts';
import { startRestServer } from '../support/rest-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const redocly = join(import.meta.dirname, '../../node_modules/.bin/redocly');

test('the OpenAPI document is served without a token, names every operation and passes the linter', async (t) => {
  const server = await startRestServer(t);
  const response = await fetch(`${server.url}/openapi.json`);
  assert.equal(response.status, 200);
  const document = (await response.json()) as {
    openapi: string;
    paths: Record<string, Record<string, { operationId: string; parameters?: { name: string }[] }>>;
  };
  assert.equal(document.openapi, '3.1.0');
  for (const { name, method, path, inputSchema } of operations) {
    const [bare = '', marker] = path.split('?');
    const item = document.paths[bare]?.[method.toLowerCase()];
    if (marker === undefined) assert.equal(item?.operationId, name);
    if (method !== 'GET' && method !== 'DELETE') continue;
    const named = new Set(item?.parameters?.map((parameter) => parameter.name));
    for (const field of Object.keys(inputSchema.properties ?? {})) assert.ok(named.has(field), `${name} ${field}`);
  }
  const file = join(temporaryFolder(t), 'openapi.json');
  writeFileSync(file, JSON.stringify(document));
  const { code, output } = await new Promise<{ code: number | string; output: string }>((resolve) => {
    const environment = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
    execFile(
      process.execPath,
      [redocly, 'lint', '--extends=recommended', '--max-problems=50', file],
      { env: environment },
      (error, stdout, stderr) => resolve({ code: error?.code ?? 0, output: `${stdout}${stderr}` }),
    );
  });
  assert.equal(code, 0, output);
  assert.doesNotMatch(output, /\bwarning\b/i, output);
});

test('every operation has an example that it takes, and answers of its own form', () => {
  for (const operation of operations) {
    const example = examples[operation.name];
    if (example === undefined) {
      // One without fields that have to be given has nothing to show.
      assert.doesNotThrow(() => operation.prepare({}), `${operation.name} has no example`);
      continue;
    }
    operation.prepare(example.request);
    if (example.answer === undefined || operation.output.kind !== 'json') continue;
    const schema = operation.output.schema;
    assert.deepEqual(schema.parse(example.answer), example.answer, operation.name);
  }
  const names = new Set(operations.map(({ name }) => name));
  for (const name of [...Object.keys(examples), ...Object.keys(summaries)]) assert.ok(names.has(name), name);
});

test('a list in a query repeats its name, as the document says, or has commas where values have none', async (t) => {
  const server = await startRestServer(t);
  const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as {
    paths: Record<string, { get?: { parameters?: { name: string; in: string; schema: { type?: string } }[] } }>;
  };
  const parameters = Object.entries(document.paths).flatMap(([path, { get }]) =>
    (get?.parameters ?? []).filter(({ schema }) => schema.type === 'array').map((parameter) => ({ path, parameter })),
  );
  // What OpenAPI takes for repeated names.
  for (const { parameter } of parameters) assert.ok(!('explode' in parameter) && !('style' in parameter));
  const lists = parameters.map(({ path, parameter }) => `${path} ${parameter.name}`);
  const values: Readonly<Record<string, string>> = {
    '/api/messages ids': '1a,2b',
    '/api/admin/outbox states': 'parked,failed',
    '/api/admin/policy/decision to': 'ann@example.org,bob@example.org',
    '/api/admin/policy/decision attachmentTypes': 'text/html,application/pdf',
    '/api/events kind': 'messageAdded,messageDeleted',
    '/api/events account': 'demo@gmail-llm.example,demo@gmail-llm.example',
  };
  assert.deepEqual(lists.toSorted(), Object.keys(values).toSorted());
  writeFileSync(join(server.home, 'policy.json'), '{"attachments": {"denyTypes": ["application/pdf"]}}');
  for (const [place, value] of Object.entries(values)) {
    const [path = '', name = ''] = place.split(' ');
    const others = path.endsWith('decision') && name !== 'to' ? '&to=ann@example.org' : '';
    for (const text of [value, value.replace(',', `&${name}=`)]) {
      const { status, json } = await server.call('GET', `${path}?${name}=${text}${others}`);
      assert.equal(status, 200, `${place}: ${JSON.stringify(json)}`);
      if (name === 'attachmentTypes') assert.match(String(json.reason), /application\/pdf/);
    }
  }
});

test('what goes with a message as the body is a parameter, and no default is sent with another', async (t) => {
  const server = await startRestServer(t);
  const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as {
    paths: Record<string, { post: { parameters: { name: string; in: string; required: boolean; schema: object }[] } }>;
  };
  const parameters = document.paths['/api/messages/import']?.post.parameters ?? [];
  assert.deepEqual(
    parameters.map(({ name, in: place, required, schema }) => [name, place, required, 'default' in schema]),
    ['labelIds', 'account', 'dryRun'].map((name) => [name, 'query', false, false]),
  );
  const query = 'labelIds=INBOX&labelIds=STARRED&account=demo@gmail-llm.example&dryRun=true';
  const response = await fetch(`${server.url}/api/messages/import?${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'message/rfc822' },
    body: 'From: ann@example.org\n\nHi',
  });
  assert.equal(response.status, 200, await response.text());
});

test('the document names lines where they are served, and nowhere else', async (t) => {
  const server = await startRestServer(t, { GMAIL_GRANTS: 'all' });
  const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as {
    paths: Record<
      string,
      Record<string, { parameters?: { required?: boolean }[]; responses: Record<string, { content?: object }> }>
    >;
  };
  const served: string[] = [];
  for (const [path, { get, ...others }] of Object.entries(document.paths)) {
    assert.doesNotMatch(JSON.stringify(others), /x-ndjson/, path);
    const hasLines = 'application/x-ndjson' in (get?.responses['200']?.content ?? {});
    const canBeAsked = get !== undefined && get.parameters?.some(({ required }) => required === true) !== true;
    if (!canBeAsked) assert.ok(!hasLines || path.includes('{') || path === '/api/history', path);
    if (!canBeAsked || path === '/metrics') continue;
    const response = await fetch(`${server.url}${path}`, {
      headers: { authorization: `Bearer ${server.token}`, accept: 'application/x-ndjson' },
    });
    const type = response.headers.get('content-type') ?? '';
    assert.equal(response.status === 200 && type.startsWith('application/x-ndjson'), hasLines, `${path} ${type}`);
    if (hasLines) served.push(path);
  }
  assert.ok(served.includes('/api/messages') && served.length > 10, served.join(' '));
});

test('answers may have further fields, requests not', async (t) => {
  const server = await startRestServer(t);
  const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, { requestBody?: unknown; responses: unknown }>>;
    components: { schemas: unknown };
  };
  const closed = '"additionalProperties":false';
  for (const [path, item] of Object.entries(document.paths)) {
    for (const { requestBody, responses } of Object.values(item)) {
      assert.ok(!JSON.stringify(responses).includes(closed), path);
      if (JSON.stringify(requestBody ?? {}).includes('application/json'))
        assert.ok(JSON.stringify(requestBody).includes(closed), path);
    }
  }
  assert.ok(!JSON.stringify(document.components.schemas).includes(closed));
});
