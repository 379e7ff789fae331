import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { operationTool } from '../../src/mcp/operation-tool.ts';
import { operations } from '../../src/operations/operations.ts';
import { testServices } from './test-operations.ts';

const folder = join(import.meta.dirname, 'tool-schemas');
const update = 'UPDATE_TOOL_SCHEMAS=1 node --test test/mcp/tool-schemas.test.ts; npx oxfmt test/mcp/tool-schemas';

const tools = operations
  .filter(({ toolset }) => toolset !== undefined)
  .map((operation) => operationTool(operation, testServices()).listed());

function fileOf(name: string): string {
  return join(folder, `${name}.json`);
}

if (process.env.UPDATE_TOOL_SCHEMAS === '1') {
  mkdirSync(folder, { recursive: true });
  for (const tool of tools) writeFileSync(fileOf(tool.name), `${JSON.stringify(tool, undefined, 2)}\n`);
}

test('every tool has the schema that clients were given, and no other is kept', () => {
  const kept = readdirSync(folder).map((file) => file.replace(/\.json$/, ''));
  assert.deepEqual(kept.toSorted(), tools.map(({ name }) => name).toSorted(), `if that is meant: ${update}`);
});

for (const tool of tools) {
  test(`${tool.name} is listed as before`, () => {
    const kept: unknown = JSON.parse(readFileSync(fileOf(tool.name), 'utf8'));
    assert.deepEqual(JSON.parse(JSON.stringify(tool)), kept, `if that is meant: ${update}`);
  });
}

test('every tool says for people and models what it is', () => {
  for (const { name, title = '', description = '', inputSchema } of tools) {
    assert.match(title, /^[A-Z][\w ]+$/, name);
    assert.match(description, /^[A-Z].*\.$/s, name);
    assert.equal(inputSchema.type, 'object', name);
  }
});
