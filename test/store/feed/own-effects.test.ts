import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLater } from '../../../src/store/feed/history-ids.ts';
import { effectOf, takeFromEffect } from '../../../src/store/feed/own-effects.ts';

const change = (messageId: string, addedLabelIds: readonly string[], removedLabelIds: readonly string[]) => ({
  kind: 'labelsChanged' as const,
  ids: { messageId, addedLabelIds, removedLabelIds },
});

test('one change of labels may come back in several records, and nothing else is taken for it', () => {
  const effect = effectOf(change('m', ['A', 'B'], ['C']));
  assert.equal(takeFromEffect(effect, change('other', ['A'], [])), undefined);
  assert.equal(takeFromEffect(effect, change('m', ['A', 'X'], [])), undefined);
  assert.equal(takeFromEffect(effect, change('m', [], ['A'])), undefined);
  assert.equal(takeFromEffect(effect, { kind: 'messageDeleted', ids: { messageId: 'm' } }), undefined);
  const rest = takeFromEffect(effect, change('m', ['B'], []));
  assert.deepEqual(rest, { ...effect, added: ['A'], removed: ['C'] });
  assert.ok(typeof rest === 'object');
  assert.equal(takeFromEffect(rest, change('m', ['B'], [])), undefined);
  assert.equal(takeFromEffect(rest, change('m', ['A'], ['C'])), 'nothing left');
});

test('history ids are compared as numbers, however long they are', () => {
  assert.ok(isLater('10', '9'));
  assert.ok(!isLater('9', '10'));
  assert.ok(!isLater('10', '10'));
  assert.ok(isLater('18446744073709551615', '18446744073709551614'));
});
