import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFilter } from '../../src/operations/filters/create-filter.ts';
import { sendMessage } from '../../src/operations/sending/send-message.ts';
import { readTextFields } from '../../src/operations/kernel/text-fields.ts';

test('an object is given as JSON', () => {
  const input = readTextFields(createFilter, [
    ['criteria', '{"from":"ann","size":5,"sizeComparison":"larger"}'],
    ['action', '{"addLabelIds":["Work"]}'],
  ]);
  assert.deepEqual(input, {
    criteria: { from: 'ann', size: 5, sizeComparison: 'larger' },
    action: { addLabelIds: ['Work'] },
  });
  createFilter.prepare(input);
});

test('a list of objects is given as one JSON for each', () => {
  const input = readTextFields(sendMessage, [
    ['to', 'ann@example.org'],
    ['to', 'cid@example.org'],
    ['attachments', '{"uploadId":"one"}'],
    ['attachments', '{"messageId":"1","attachment":"a1"}'],
  ]);
  assert.deepEqual(input, {
    to: ['ann@example.org', 'cid@example.org'],
    attachments: [{ uploadId: 'one' }, { messageId: '1', attachment: 'a1' }],
  });
  sendMessage.prepare(input);
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
      faults: ['criteria: Invalid input: expected object, received string, got "from=ann"'],
    },
  });
});
