import assert from 'node:assert/strict';
import { test } from 'node:test';
import { snippetOf } from '../../src/local/search/index-texts.ts';

test('a snippet is the first 200 characters on one line', () => {
  assert.equal(snippetOf(' one\r\n\ttwo  three\n'), 'one two three');
  assert.equal(snippetOf('a'.repeat(200)), 'a'.repeat(200));
  assert.equal(snippetOf('a'.repeat(201)), 'a'.repeat(200));
  assert.equal(snippetOf(''), '');
});

test('a snippet ends before a character that does not fit whole', () => {
  assert.equal(snippetOf(`${'a'.repeat(199)}😀b`), 'a'.repeat(199));
  assert.equal(snippetOf(`${'a'.repeat(198)}😀b`), `${'a'.repeat(198)}😀`);
});
