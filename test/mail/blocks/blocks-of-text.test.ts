import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { blockText } from '../../../src/mail/blocks/block.ts';
import { blocksOfText } from '../../../src/mail/blocks/blocks-of-text.ts';
import { writeText } from '../../../src/mail/blocks/write-text.ts';
import { writeTypedText } from '../../../src/mail/blocks/write-typed-text.ts';

test('a plain text is written as it was typed, whatever its line ends', () => {
  const text = 'Dear Ann,\n\n  two spaces in front\n\ttab\n\n> quoted\n> more\n>> deeper\n\nBob\n-- \nBob Lee';
  const typed = text.replace('\n-- \n', '\n--\n');
  for (const lineEnd of ['\n', '\r\n', '\r']) {
    assert.equal(writeText(blocksOfText(text.replaceAll('\n', lineEnd))), typed);
  }
});

test('quote marks with spaces between them count as they would without', () => {
  const blocks = blocksOfText('> > two\n>> two\n> one\nnone');
  assert.deepEqual(
    blocks.map((block) => [block.quoteDepth, blockText(block)]),
    [
      [2, 'two\ntwo'],
      [1, 'one'],
      [0, 'none'],
    ],
  );
});

test('flowed lines are joined within their quote depth only (RFC 3676)', () => {
  const text = '> quoted text \n> that goes on \n>> deeper \nown \nwords\n-- \nBob\n \n From here\n';
  assert.equal(
    writeText(blocksOfText(text, { deletesSpaces: false })),
    '> quoted text that goes on\n>> deeper\nown words\n--\nBob\n\nFrom here',
  );
  assert.equal(writeText(blocksOfText('long \nword', { deletesSpaces: true })), 'longword');
});

test('what a plain text says is kept, and writing it again changes nothing', () => {
  const line = fc
    .array(fc.constantFrom('>', '>', ' ', 'a', 'word', '\t', '-', '\r', '\u2028'), { maxLength: 12 })
    .map((all) => all.join(''));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
      const once = writeText(blocksOfText(lines.join('\n')));
      const letters = (text: string) => text.replaceAll(/[\s>]/g, '');
      assert.equal(letters(once), letters(lines.join('\n')));
      assert.equal(writeText(blocksOfText(once)), once);
      assert.equal(writeTypedText(lines.join('\n')), once);
    }),
  );
});
