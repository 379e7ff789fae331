import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestIdFrom } from '../../src/core/context.ts';
import { AppError, errorCodes, errorFacts, errorText } from '../../src/core/errors.ts';

test('the table of errors is the one in the contract', () => {
  assert.deepEqual(
    Object.entries(errorCodes).map(([code, { status, exit }]) => [code, status, exit]),
    [
      ['INVALID_INPUT', 400, 2],
      ['UNAUTHENTICATED', 401, 77],
      ['FORBIDDEN', 403, 77],
      ['NOT_FOUND', 404, 4],
      ['CONFLICT', 409, 5],
      ['TOO_LARGE', 413, 2],
      ['RATE_LIMITED', 429, 75],
      ['REAUTH_REQUIRED', 503, 77],
      ['UNAVAILABLE', 503, 75],
      ['UNSUPPORTED', 501, 69],
      ['OUTCOME_UNKNOWN', 502, 75],
      ['INTERNAL', 500, 70],
    ],
  );
});

test('an unexpected error tells the caller nothing but where to look', () => {
  const facts = errorFacts(new TypeError('secret path /home/ann'), 'r-1');
  assert.deepEqual(facts, {
    code: 'INTERNAL',
    message: 'Something failed inside gmail-llm. The log has the details under request id r-1.',
    requestId: 'r-1',
  });
});

test('the text of an error has what helps and the request id', () => {
  const error = new AppError('INVALID_INPUT', 'No.', { field: 'q', position: 3, expected: 'a', got: 'b', hint: 'c' });
  assert.equal(
    errorText(errorFacts(error, 'r-1')),
    'INVALID_INPUT: No.\nfield: q\nposition: 3\nexpected: a\ngot: b\nhint: c\nrequestId: r-1',
  );
});

test('a well-formed request id is kept, any other is replaced', () => {
  assert.equal(requestIdFrom('a-B_9'), 'a-B_9');
  for (const bad of ['', 'a b', 'x'.repeat(129), 'ä', undefined, ['a']]) {
    assert.match(requestIdFrom(bad), /^[\da-f-]{36}$/);
  }
});
