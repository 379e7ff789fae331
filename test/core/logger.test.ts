import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInContext } from '../../src/core/context.ts';
import { createLogger, redact } from '../../src/core/logger.ts';

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
  runInContext({ requestId: 'r-1', door: 'rest', tokenName: 'owner' }, () => logger.info('a\nb', { count: 2 }));
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? '', /^\{.*\}\n$/);
  assert.deepEqual(JSON.parse(lines[0] ?? ''), {
    time: '1970-01-01T00:00:00.000Z',
    level: 'info',
    program: 'test',
    pid: process.pid,
    message: 'a\nb',
    requestId: 'r-1',
    door: 'rest',
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
  const token = `gml_${'a'.repeat(43)}`;
  assert.deepEqual(
    redact({
      authorization: 'x',
      deep: [{ refreshToken: 'y', note: `Bearer abc.def and ${token} here` }],
      tokenName: 'owner',
    }),
    {
      authorization: '[redacted]',
      deep: [{ refreshToken: '[redacted]', note: '[redacted] and [redacted] here' }],
      tokenName: 'owner',
    },
  );
});

test('an error keeps its causes and loses its secrets', () => {
  const error = new Error('outer', { cause: new Error('Bearer abc failed') });
  const redacted = redact(error);
  assert.ok(typeof redacted === 'object' && redacted !== null && 'message' in redacted);
  assert.equal(redacted.message, 'outer ([redacted] failed)');
});
