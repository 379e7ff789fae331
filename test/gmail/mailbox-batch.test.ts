import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeBatch } from '../../src/gmail/batch/decode-batch.ts';
import { encodeBatch } from '../../src/gmail/batch/encode-batch.ts';

const contentType = 'multipart/mixed; boundary=batch_x-1';

function part(number: number, ...lines: readonly string[]): string {
  return ['--batch_x-1', 'Content-Type: application/http', `Content-ID: <response-m${number}>`, '', ...lines, ''].join(
    '\r\n',
  );
}

function decode(parts: readonly string[], count: number): ReturnType<typeof decodeBatch> {
  return decodeBatch(contentType, Buffer.from(`${parts.join('')}--batch_x-1--\r\n`), count);
}

test('a batch is one part for each request, named by its number', () => {
  assert.equal(
    encodeBatch([{ target: '/a?x=1' }, { target: '/b' }], 'edge'),
    [
      '--edge',
      'Content-Type: application/http',
      'Content-ID: <m0>',
      '',
      'GET /a?x=1',
      '',
      '',
      '--edge',
      'Content-Type: application/http',
      'Content-ID: <m1>',
      '',
      'GET /b',
      '',
      '',
      '--edge--',
      '',
    ].join('\r\n'),
  );
});

test('answers find their requests in whatever order they come', () => {
  const answers = decode(
    [
      part(1, 'HTTP/1.1 404 Not Found', 'Content-Type: application/json', '', '{"error": {\r\n  "code": 404}}'),
      part(0, 'HTTP/1.1 200 OK', 'Content-Type: application/json', 'Vary: X', '', '{"text": "--batch_x-1 is no end"}'),
    ],
    2,
  );
  assert.deepEqual(answers, [
    {
      status: 200,
      headers: { 'content-type': 'application/json', vary: 'X' },
      text: '{"text": "--batch_x-1 is no end"}',
      body: { text: '--batch_x-1 is no end' },
    },
    {
      status: 404,
      headers: { 'content-type': 'application/json' },
      text: '{"error": {\r\n  "code": 404}}',
      body: { error: { code: 404 } },
    },
  ]);
});

test('what is missing, cut off or not asked for is told apart', () => {
  const answers = decode(
    [
      part(0, 'HTTP/1.1 200 OK', '', '{"cut": '),
      part(2, 'HTTP/1.1 204 No Content', '', ''),
      part(7, 'HTTP/1.1 200 OK', '', '{}'),
      part(3, 'nonsense'),
    ],
    4,
  );
  assert.deepEqual(answers, [
    { status: 200, headers: {}, text: '{"cut": ', body: undefined },
    undefined,
    { status: 204, headers: {}, text: '', body: undefined },
    undefined,
  ]);
});

test('an answer that is no batch is UNAVAILABLE', () => {
  assert.throws(() => decodeBatch('text/html', Buffer.from('<html>'), 1), { code: 'UNAVAILABLE' });
});
