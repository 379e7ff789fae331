import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isVariable } from '../../src/core/variables.ts';

const root = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(root, 'deploy', file), 'utf8');

// By its words and not by a schema: whether Docker takes it is not tried here.
test('the compose file names only programs, variables and files that there are', () => {
  const compose = read('compose.yaml');
  const programs = [...compose.matchAll(/\/opt\/gmail-llm\/(bin\/[\w-]+\.js)/g)].map(([, file = '']) => file);
  assert.deepEqual(programs, ['bin/gmail-api-server.js', 'bin/gmail-mcp-server.js', 'bin/gmail-dashboard.js']);
  for (const program of programs) assert.ok(existsSync(join(root, program)), program);
  for (const [name] of compose.matchAll(/GMAIL_\w+/g)) assert.ok(isVariable(name), name);
  assert.match(compose, /replicas: 2/);
  assert.match(compose, /\/opt\/gmail-llm/);
  assert.match(read('Containerfile'), /COPY bin \/opt\/gmail-llm\/bin/);
});

test('the proxy passes on to each server by its port', () => {
  const proxy = read('proxy.conf');
  for (const [service, port] of [
    ['api', 8000],
    ['mcp', 8001],
    ['dashboard', 8002],
  ] as const) {
    assert.ok(proxy.includes(`listen ${port};`) && proxy.includes(`${service}:${port}`), service);
    assert.match(read('compose.yaml'), new RegExp(`127\\.0\\.0\\.1:${port}/health/ready`));
  }
});
