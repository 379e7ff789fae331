import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
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
    paths: Record<string, Record<string, { operationId: string }>>;
  };
  assert.equal(document.openapi, '3.1.0');
  for (const { name, method, path } of operations) {
    assert.equal(document.paths[path]?.[method.toLowerCase()]?.operationId, name);
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
