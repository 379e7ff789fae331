import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInContext } from '../../src/core/context.ts';
import { createLogger } from '../../src/core/logger.ts';

function loggerInto(lines: string[], level: 'debug' | 'info' = 'info') {
  return createLogger(
    'test',
    level,
    (line) => lines.push(line),
    () => new Date(0),
  );
}

test('a log line is one line of JSON with the call it belongs to', () => {
  const lines: string[] = [];
  const logger = loggerInto(lines);
  runInContext({ requestId: 'r-1', transport: 'rest', tokenName: 'owner' }, () => logger.info('a\nb', { count: 2 }));
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? '', /^\{.*\}\n$/);
  assert.deepEqual(JSON.parse(lines[0] ?? ''), {
    time: '1970-01-01T00:00:00.000Z',
    level: 'info',
    program: 'test',
    pid: process.pid,
    message: 'a\nb',
    requestId: 'r-1',
    transport: 'rest',
    tokenName: 'owner',
    count: 2,
  });
});

test('lines below the level are not written', () => {
  const lines: string[] = [];
  loggerInto(lines).debug('quiet');
  loggerInto(lines, 'debug').debug('loud');
  assert.equal(lines.length, 1);
});

test('secrets are redacted by name at any depth and by shape inside text', () => {
  const lines: string[] = [];
  const token = `gml_${'a'.repeat(43)}`;
  loggerInto(lines).info(`with ${token}`, {
    authorization: 'x',
    deep: [{ refreshToken: 'y', note: `Bearer abc.def and ${token} here`, tokens: 3 }],
    apiKey: { value: 'z' },
    tokenName: 'owner',
  });
  const { message, authorization, deep, apiKey, tokenName } = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
  assert.deepEqual(
    { message, authorization, deep, apiKey, tokenName },
    {
      message: 'with [redacted]',
      authorization: '[redacted]',
      deep: [{ refreshToken: '[redacted]', note: '[redacted] and [redacted] here', tokens: 3 }],
      apiKey: '[redacted]',
      tokenName: 'owner',
    },
  );
});

test('an error keeps its causes and its stack, and loses its secrets', () => {
  const lines: string[] = [];
  const error = new Error('outer', { cause: new Error('Bearer abc failed') });
  loggerInto(lines).error('failed', { error, count: 1n });
  const line = JSON.parse(lines[0] ?? '') as { error: { message: string; stack: string }; count: string };
  assert.equal(line.error.message, 'outer ([redacted] failed)');
  assert.match(line.error.stack, /logger\.test/);
  assert.equal(line.count, '1');
});
