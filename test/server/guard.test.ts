import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../src/core/errors.ts';
import { createGuard } from '../../src/server/guard.ts';

const guard = createGuard('127.0.0.1');

for (const host of ['127.0.0.1:8000', 'localhost', 'LOCALHOST:1', '[::1]:8001', '127.0.0.2:80']) {
  test(`Host ${host} is ours`, () => guard(host, undefined));
}

for (const host of [
  undefined,
  '',
  'evil.example',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  '10.0.0.1:8000',
]) {
  test(`Host ${host} is foreign`, () => {
    assert.throws(
      () => guard(host, undefined),
      (error: unknown) => error instanceof AppError && error.code === 'FORBIDDEN' && error.details.field === 'Host',
    );
  });
}

for (const origin of ['http://localhost:6274', 'http://127.0.0.1:8000', 'https://[::1]']) {
  test(`Origin ${origin} is ours`, () => guard('localhost', origin));
}

for (const origin of [
  'null',
  '',
  'http://evil.example',
  'file://',
  'http://localhost@evil.example',
  'http://localhost.evil.example',
]) {
  test(`Origin ${JSON.stringify(origin)} is foreign`, () => {
    assert.throws(
      () => guard('localhost', origin),
      (error: unknown) => error instanceof AppError && error.code === 'FORBIDDEN' && error.details.field === 'Origin',
    );
  });
}

test('a server on one outside address answers under that address', () => {
  createGuard('192.0.2.7')('192.0.2.7:8000', undefined);
});
