import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { indexableText, splitWords, tokenizeText } from '../../src/mail/text/tokenize-text.ts';

const examples: readonly (readonly [text: string, words: readonly string[]])[] = [
  ['Foo bar_baz x-1', ['foo', 'bar_baz', 'x', '1']],
  ['ann.lee+tag@example.org', ['ann', 'lee', 'tag', 'example', 'org']],
  ["don't 3.14 1,000", ['don', 't', '3', '14', '1', '000']],
  ['Zoë STRASSE Straße İstanbul', ['zoe', 'strasse', 'straße', 'istanbul']],
  ['e\u0301te\u0301 été', ['ete', 'ete']],
  ['Йод йод за\u0301мок', ['йод', 'йод', 'замок']],
  ['ΣΊΣΥΦΟΣ Σίσυφος', ['σίσυφοσ', 'σίσυφοσ']],
  ['東京タワーへ行く', ['東', '京', 'タ', 'ワ', 'ー', 'へ', '行', 'く']],
  ['hi🤖there \u2066word\u2069', ['hi', 'there', 'word']],
  ['한국어 עברית العربية', ['한국어', 'עברית', 'العربية']],
  ['!? — …', []],
];

for (const [text, words] of examples) {
  test(`finds the words of ${text}`, () => {
    assert.deepEqual(tokenizeText(text), words);
  });
}

/** 256 characters from `first` on, each between two letters. */
function textOf(first: number): string {
  const words = Array.from({ length: 256 }, (_, index) => `x${String.fromCodePoint(first + index)}y`);
  return words.join(' ').toWellFormed();
}

test('SQLite finds the same words in the indexable text, for every character up to U+1FFFF', () => {
  const database = new DatabaseSync(':memory:');
  database.exec(`
    CREATE VIRTUAL TABLE search USING fts5(text, content='', tokenize="unicode61 remove_diacritics 2 tokenchars '_'");
    CREATE VIRTUAL TABLE words USING fts5vocab(search, instance);
    BEGIN`);
  const insert = database.prepare('INSERT INTO search (rowid, text) VALUES (?, ?)');
  for (let first = 0; first < 0x02_00_00; first += 256) insert.run(first, indexableText(textOf(first)));
  database.exec('COMMIT');
  const listed = database.prepare('SELECT doc, term, offset FROM words ORDER BY doc, offset').all();
  const byText = Map.groupBy(listed, (row) => Number(row['doc']));
  for (let first = 0; first < 0x02_00_00; first += 256) {
    const words = (byText.get(first) ?? []).map((row) => row['term']);
    assert.deepEqual(words, tokenizeText(textOf(first)), `from U+${first.toString(16)}`);
  }
  database.close();
});

test('words as typed are the words that are compared, each being one', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const typed = splitWords(text);
      assert.deepEqual(typed.flatMap(tokenizeText), tokenizeText(text));
      for (const word of typed) assert.equal(tokenizeText(word).length, 1);
    }),
  );
});
