import assert from 'node:assert/strict';
import { test } from 'node:test';
import { composeMessage } from '../../../src/mail/compose/compose-message.ts';
import { composingCases } from './composing-cases.ts';
import { lintMessage } from './lint-message.ts';
import { readWithPython, withoutPython } from './python-reader.ts';
import { assertParsed, assertPython } from './round-trip.ts';

test('every case is clean by the standards', (context) => {
  context.diagnostic(`${composingCases.length} cases`);
  for (const { name, message } of composingCases) assert.deepEqual(lintMessage(composeMessage(message)), [], name);
});

test('our parser reads every case as it was asked for', async () => {
  for (const { name, message } of composingCases) await assertParsed(composeMessage(message), message, name);
});

test("Python's parser reads every case as it was asked for", { skip: withoutPython }, () => {
  const answers = readWithPython(composingCases.map(({ message }) => composeMessage(message)));
  for (const [index, { name, message }] of composingCases.entries()) {
    const answer = answers[index];
    assert.ok(answer !== undefined);
    assertPython(answer, message, name);
  }
});
