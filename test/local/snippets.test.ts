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

test('a snippet is what the author says: no quote above an answer, no addresses of links', () => {
  const quote = '> Shall we meet on Monday?\n>\n> Ann\n';
  assert.equal(snippetOf(`On 2026-11-02 10:00, Ann Lee wrote:\n${quote}\nFine with me.`), 'Fine with me.');
  assert.equal(
    snippetOf(`On Mon, 2 Nov 2026\nAnn <a@x.example> wrote:\n\n${quote}\nFine.\n> Where?\nHere.`),
    'Fine. Here.',
  );
  assert.equal(snippetOf(`Fine.\n\nAnn wrote:\n${quote}`), 'Fine. Ann wrote:');
  assert.equal(snippetOf(`Fine.\nAnn wrote:\n${quote}\n-- \nBob`), 'Fine. Ann wrote: -- Bob');
  assert.equal(snippetOf(`Ann wrote:\n${quote}`), 'Ann wrote:');
  assert.equal(snippetOf('> only\n> quoted'), '> only > quoted');
  assert.equal(snippetOf('Read the plan (https://example.org/plan?x=1) (draft)'), 'Read the plan (draft)');
});
