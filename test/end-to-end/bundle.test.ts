import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import * as z from 'zod';
import { isVariable } from '../../src/core/variables.ts';
import { isJsonObject } from '../../src/core/json-object.ts';
import { readUpTo } from '../../src/local/import/byte-source.ts';
import { readZipEntries } from '../../src/local/import/zip-entries.ts';
import { childEnvironment } from '../support/child-environment.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const root = join(import.meta.dirname, '../..');

/** The value that a `$ref` of this document names. */
function resolvePointer(document: unknown, pointer: string): unknown {
  return pointer
    .replace(/^#\//, '')
    .split('/')
    .reduce<unknown>((at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined), document);
}

/** A document with every `$ref` replaced by what it names. */
function inlined(value: unknown, document: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => inlined(item, document));
  if (!isJsonObject(value)) return value;
  if (typeof value.$ref === 'string') return inlined(resolvePointer(document, value.$ref), document);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inlined(item, document)]));
}

/** Throws with every fault of a value that the kept copy of a published format refuses. */
function requireFormat(schemaFile: string, value: unknown): void {
  const document: unknown = JSON.parse(readFileSync(join(import.meta.dirname, 'schemas', schemaFile), 'utf8'));
  z.fromJSONSchema(z.record(z.string(), z.unknown()).parse(inlined(document, document))).parse(value);
}

const manifestShape = z.object({
  version: z.string(),
  server: z.object({
    entry_point: z.string(),
    mcp_config: z.object({ args: z.array(z.string()), env: z.record(z.string(), z.string()) }),
  }),
  tools: z.array(z.object({ name: z.string(), description: z.string().min(1) })),
  user_config: z.record(z.string(), z.object({ default: z.string() })),
});

/** What a client makes of a text of the manifest. */
function filledIn(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\{([\w.]+)\}/g, (_, name: string) => values[name] ?? assert.fail(`no value for ${name}`));
}

/** Unpacks a zip archive into a new folder. */
async function unpack(t: TestContext, archive: string): Promise<string> {
  const folder = temporaryFolder(t);
  for await (const { name, source } of readZipEntries(archive)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), await readUpTo(source, 64 * 1024 * 1024));
  }
  return folder;
}

test('the files for registries and desktop clients keep to their formats, and the bundle serves', async (t) => {
  const folder = temporaryFolder(t);
  execFileSync(process.execPath, [join(root, 'scripts/bundle.js'), '--without-runtime', folder]);
  const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
  const { version, mcpName } = z
    .object({ version: z.string(), mcpName: z.string() })
    .parse(read(join(root, 'package.json')));

  const server = read(join(folder, 'server.json'));
  requireFormat('server.schema.json', server);
  const entry = z.object({
    name: z.literal(mcpName),
    version: z.literal(version),
    packages: z.tuple([
      z.object({ version: z.literal(version), environmentVariables: z.array(z.object({ name: z.string() })) }),
    ]),
  });
  const [{ environmentVariables }] = entry.parse(server).packages;
  for (const { name } of environmentVariables) assert.ok(name === 'GMAIL_HOME' || isVariable(name), name);

  const bundle = await unpack(t, join(folder, `gmail-llm-${version}.mcpb`));
  const manifest = read(join(bundle, 'manifest.json'));
  requireFormat('mcpb-manifest-v0.3.schema.json', manifest);
  const { server: started, user_config: asked, tools } = manifestShape.parse(manifest);
  assert.ok(existsSync(join(bundle, started.entry_point)));
  const home = join(temporaryFolder(t), 'home');
  const values = {
    __dirname: bundle,
    ...Object.fromEntries(Object.entries(asked).map(([key, field]) => [`user_config.${key}`, field.default])),
    'user_config.home': home,
  };
  const { args, env } = started.mcp_config;
  const client = new Client({ name: 'desktop', version: '1' });
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: args.map((word) => filledIn(word, values)),
      env: {
        ...childEnvironment,
        ...Object.fromEntries(Object.entries(env).map(([name, text]) => [name, filledIn(text, values)])),
      },
      stderr: 'ignore',
    }),
  );
  t.after(() => client.close());
  const listed = await client.listTools();
  assert.deepEqual(
    tools.map(({ name }) => name),
    listed.tools.map(({ name }) => name),
  );
  const { isError, content } = await client.callTool({ name: 'get_profile', arguments: {} });
  assert.notEqual(isError, true);
  assert.match(JSON.stringify(content), /demo@gmail-llm\.example/);
  assert.ok(existsSync(join(home, 'data')));
});

test('a format that is broken is found', () => {
  const refused = [
    { name: 'no namespace', description: 'x', version: '1.0.0' },
    { name: 'a/b', description: 'x'.repeat(101), version: '1.0.0' },
    { name: 'a/b', description: 'x', version: '1.0.0', homepage: 'https://example.org' },
    { name: 'a/b', description: 'x', version: '1.0.0', packages: [{ registryType: 'npm', identifier: 'a' }] },
  ];
  for (const value of refused) assert.throws(() => requireFormat('server.schema.json', value), value.name);
  assert.throws(() => requireFormat('mcpb-manifest-v0.3.schema.json', { manifest_version: '0.3', name: 'a' }));
});
