import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFilter } from '../../src/operations/filters/create-filter.ts';
import { sendMessage } from '../../src/operations/sending/send-message.ts';
import { readTextFields } from '../../src/operations/kernel/text-fields.ts';

test('texts are given to the operation as they are, repeated ones as a list', () => {
  const input = readTextFields(sendMessage, [
    ['to', 'ann@example.org'],
    ['to', 'cid@example.org'],
    ['signature', 'false'],
    ['attachments', '{"uploadId":"one"}'],
    ['attachments', '{"messageId":"1","attachment":"a1"}'],
  ]);
  assert.deepEqual(input, {
    to: ['ann@example.org', 'cid@example.org'],
    signature: 'false',
    attachments: ['{"uploadId":"one"}', '{"messageId":"1","attachment":"a1"}'],
  });
  sendMessage.prepare(input);
});

test('an object is given as JSON', () => {
  createFilter.prepare(
    readTextFields(createFilter, [
      ['criteria', '{"from":"ann","size":5,"sizeComparison":"larger"}'],
      ['action', '{"addLabelIds":["Work"]}'],
    ]),
  );
});

test('a boolean without a value is refused: it could mean either', () => {
  assert.throws(() => readTextFields(sendMessage, [['dryRun', '']]), {
    code: 'INVALID_INPUT',
    details: { field: 'dryRun', expected: 'true or false' },
  });
});

test('a field that is no list is given once', () => {
  const twice = [
    ['subject', 'a'],
    ['subject', 'b'],
  ] as const;
  assert.throws(() => readTextFields(sendMessage, twice), { details: { field: 'subject', expected: 'once' } });
});

test('what is no JSON is refused by the name of its field', () => {
  const input = readTextFields(createFilter, [
    ['criteria', 'from=ann'],
    ['action', '{}'],
  ]);
  assert.throws(() => createFilter.prepare(input), {
    code: 'INVALID_INPUT',
    details: {
      field: 'criteria',
      faults: ['criteria: expected object, got "from=ann"'],
    },
  });
});
