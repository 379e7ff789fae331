// `npm run test:clients`: clients that others' generators make of our OpenAPI document, type-checked, and every route called
// by them. Not part of `npm test`: the generators are fetched, as they would be 60 MB of every installation for development.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import * as z from 'zod';
import { startRestServer, type TestRestServer } from '../support/rest-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const generators = [
  'openapi-typescript@7.13.0',
  'openapi-fetch@0.17.0',
  '@hey-api/openapi-ts@0.99.0',
  'typescript@5.9.3',
];

const operationShape = z.object({
  operationId: z.string(),
  parameters: z
    .array(
      z.object({ name: z.string(), in: z.string(), required: z.boolean().optional(), example: z.unknown().optional() }),
    )
    .default([]),
  requestBody: z.object({ content: z.record(z.string(), z.object({ example: z.unknown().optional() })) }).optional(),
  responses: z.record(z.string(), z.unknown()),
});
type OperationObject = z.output<typeof operationShape>;
const documentShape = z.object({ paths: z.record(z.string(), z.record(z.string(), operationShape)) });

/** What a generated function resolves to. */
const resultShape = z.object({ response: z.instanceof(Response) });
const callable = z.custom<(options: object) => Promise<unknown>>((value) => typeof value === 'function');

interface Route {
  readonly method: string;
  readonly path: string;
  readonly operation: OperationObject;
}

function installGenerators(t: TestContext): string {
  const named = process.env.GMAIL_TEST_CLIENTS;
  if (named !== undefined) return named;
  const folder = temporaryFolder(t);
  execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund', '--prefix', folder, ...generators]);
  return folder;
}

/** A real server, its document in a folder where the generators are, and every route of it. */
async function prepare(t: TestContext) {
  const tools = installGenerators(t);
  const server = await startRestServer(t, { GMAIL_GRANTS: 'all' });
  const text = await (await fetch(`${server.url}/openapi.json`)).text();
  const folder = temporaryFolder(t);
  const document = join(folder, 'openapi.json');
  writeFileSync(document, text);
  const { paths } = documentShape.parse(JSON.parse(text));
  const routes = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]): Route => ({ method, path, operation })),
  );
  const run = (program: string, ...words: readonly string[]) =>
    execFileSync(join(tools, 'node_modules', '.bin', program), words, { cwd: folder, encoding: 'utf8' });
  const check = (file: string) => {
    const compilerOptions = {
      noEmit: true,
      strict: true,
      skipLibCheck: true,
      target: 'es2022',
      module: 'esnext',
      moduleResolution: 'bundler',
      types: [],
      lib: ['es2023', 'dom', 'dom.iterable'],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [file] }));
    const { status, stdout } = spawnSync(join(tools, 'node_modules/.bin/tsc'), ['--project', folder], {
      encoding: 'utf8',
    });
    assert.equal(status, 0, stdout);
  };
  return { tools, server, folder, document, routes, run, check };
}

/** The parts of a request that the document's own examples give; `upload` has bytes. */
function requestOf({ operation, path }: Route) {
  const given = operation.parameters.filter(({ required, example }) => required === true || example !== undefined);
  const values = (place: string) =>
    Object.fromEntries(
      given
        .filter((parameter) => parameter.in === place && (parameter.required === true || place === 'path'))
        .map(({ name, example }) => [name, example ?? 'example']),
    );
  const [body] = Object.values(operation.requestBody?.content ?? {});
  return {
    path: values('path'),
    query: values('query'),
    ...(body === undefined ? {} : { body: path === '/api/uploads' ? new Blob(['text']) : (body.example ?? {}) }),
  };
}

/** Asserts that a route is there and answered as the document says; returns the status. */
function requireDocumented({ method, path, operation }: Route, response: Response): number {
  const { status } = response;
  const isDocumented = [String(status), `${String(status)[0]}XX`, 'default'].some((key) => key in operation.responses);
  assert.ok(isDocumented, `${method} ${path}: ${status} is not documented`);
  // Neither may come of what a generator made of the document.
  assert.ok(status !== 405 && status !== 415 && status < 500, `${method} ${path}: ${status}`);
  return status;
}

function report(t: TestContext, statuses: readonly number[]): void {
  const counts = Map.groupBy(statuses, (status) => status);
  t.diagnostic(Array.from(counts, ([status, all]) => `${status}: ${all.length}`).join(', '));
}

function headersOf({ token }: TestRestServer) {
  return { authorization: `Bearer ${token}` };
}

test(
  'the client that hey-api generates has a function for every route, which calls it',
  { timeout: 600_000 },
  async (t) => {
    const { server, folder, document, routes, run, check } = await prepare(t);
    run('openapi-ts', '--input', document, '--output', join(folder, 'client'), '--client', '@hey-api/client-fetch');
    check(join(folder, 'client/index.ts'));
    const bundle = join(folder, 'client.mjs');
    await build({ entryPoints: [join(folder, 'client/index.ts')], outfile: bundle, bundle: true, format: 'esm' });
    const functions: Readonly<Record<string, unknown>> = await import(pathToFileURL(bundle).href);
    const statuses: number[] = [];
    for (const route of routes) {
      const name = route.operation.operationId.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
      const call = callable.parse(functions[name], { error: () => `there is no function ${name}` });
      // Events would be followed for ever; with `wait` they are a list.
      if (name === 'listEvents') continue;
      const result = await call({ ...requestOf(route), baseUrl: server.url, headers: headersOf(server) });
      statuses.push(requireDocumented(route, resultShape.parse(result).response));
    }
    assert.equal(statuses.length, routes.length - 1);
    report(t, statuses);
  },
);

test('the types of openapi-typescript let openapi-fetch call every route', { timeout: 600_000 }, async (t) => {
  const { tools, server, folder, document, routes, run, check } = await prepare(t);
  run('openapi-typescript', document, '--output', join(folder, 'schema.d.ts'));
  const library = join(tools, 'node_modules/openapi-fetch/dist/index.mjs');
  writeFileSync(
    join(folder, 'use.ts'),
    `import createClient from '${join(tools, 'node_modules/openapi-fetch')}';
import type { paths } from './schema';
const client = createClient<paths>({ baseUrl: '' });
export async function subjects(): Promise<readonly (string | undefined)[]> {
  const { data } = await client.GET('/api/messages', { params: { query: { q: 'from:ann', maxResults: 5 } } });
  return data?.messages.map(({ subject }) => subject) ?? [];
}
export const label = client.POST('/api/labels', { body: { name: 'Rome' } });
// @ts-expect-error a label has a name
export const nameless = client.POST('/api/labels', { body: {} });
// @ts-expect-error there is no such route
export const nothing = client.GET('/api/nothing');
`,
  );
  check(join(folder, 'use.ts'));
  const { default: createClient } = z
    .object({ default: z.custom<(options: object) => Record<string, unknown>>((value) => typeof value === 'function') })
    .parse(await import(pathToFileURL(library).href));
  const client = createClient({ baseUrl: server.url, headers: headersOf(server) });
  const request = z
    .custom<(method: string, path: string, options: object) => Promise<unknown>>((value) => typeof value === 'function')
    .parse(client.request);
  const statuses: number[] = [];
  for (const route of routes) {
    const { path, query, body } = requestOf(route);
    const wait = route.path === '/api/events' ? { wait: 0 } : {};
    const result = await request(route.method, route.path, {
      params: { path, query: { ...query, ...wait } },
      headers: { accept: 'application/json' },
      ...(body === undefined ? {} : { body }),
      ...(body instanceof Blob ? { bodySerializer: (blob: Blob) => blob } : {}),
      parseAs: 'text',
    });
    statuses.push(requireDocumented(route, resultShape.parse(result).response));
  }
  assert.equal(statuses.length, routes.length);
  report(t, statuses);
});
