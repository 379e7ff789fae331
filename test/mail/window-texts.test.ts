import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { windowTexts } from '../../src/mail/text/window-texts.ts';

test('a window shows whole texts and the beginning of the one that does not fit', () => {
  assert.deepEqual(windowTexts(['one two', 'three four'], { maxCharacters: 12 }), {
    slices: [
      { from: 0, to: 7 },
      { from: 0, to: 5 },
    ],
    nextOffset: 12,
    remainingCharacters: 5,
  });
  assert.deepEqual(windowTexts(['one two', 'three four'], { offset: 12, maxCharacters: 12 }), {
    slices: [
      { from: 7, to: 7 },
      { from: 5, to: 10 },
    ],
    remainingCharacters: 0,
  });
});

test('windows one after the other show every character once', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), fc.integer({ min: 2, max: 9 }), (texts, maxCharacters) => {
      const seen: string[] = [];
      let offset: number | undefined = 0;
      for (let turns = 0; offset !== undefined && turns < 1000; turns += 1) {
        const { slices, nextOffset }: ReturnType<typeof windowTexts> = windowTexts(texts, { offset, maxCharacters });
        const shown = slices.map(({ from, to }, index) => texts[index]?.slice(from, to) ?? '').join('');
        assert.ok(shown.length <= maxCharacters);
        seen.push(shown);
        offset = nextOffset;
      }
      assert.equal(offset, undefined);
      assert.equal(seen.join(''), texts.join(''));
    }),
  );
});
