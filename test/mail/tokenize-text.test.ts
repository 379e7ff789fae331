import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { indexableText, splitWords, tokenizeText } from '../../src/mail/text/tokenize-text.ts';

const examples: readonly (readonly [text: string, words: readonly string[]])[] = [
  ['Foo bar_baz x-1', ['foo', 'bar_baz', 'x', '1']],
  ['ann.lee+tag@example.org', ['ann', 'lee', 'tag', 'example', 'org']],
  ["don't 3.14 1,000", ['don', 't', '3', '14', '1', '000']],
  ['Zoë STRASSE Straße İstanbul', ['zoe', 'strasse', 'strasse', 'istanbul']],
  ['e\u0301te\u0301 été', ['ete', 'ete']],
  ['Йод йод за\u0301мок', ['йод', 'йод', 'замок']],
  ['ΣΊΣΥΦΟΣ Σίσυφος', ['σισυφοσ', 'σισυφοσ']],
  ['東京タワーへ行く', ['東', '京', 'タ', 'ワ', 'ー', 'へ', '行', 'く']],
  ['hi🤖there \u2066word\u2069', ['hi', 'there', 'word']],
  ['한국어 עברית العربية', ['한', '국', '어', 'עברית', 'العربية']],
  ['Łódź, Øresund, Ærø, Đà Nẵng, ﬁne', ['lodz', 'oresund', 'aero', 'da', 'nang', 'fine']],
  ['ｶﾀｶﾅと１２３, Ｇｒüße', ['カ', 'タ', 'カ', 'ナ', 'と', '123', 'grusse']],
  ['x\u0302 x\u0302y', ['x', 'xy']],
  ['Ещё счёт, їжак; Τιμολόγιο, ΤΙΜΟΛΟΓΙΟ', ['еще', 'счет', 'їжак', 'τιμολογιο', 'τιμολογιο']],
  ['يُرجى مُحَمَّد كـتـاب שָׁלוֹם', ['يرجى', 'محمد', 'كتاب', 'שלום']],
  ['Acme™ №15, 2½ kg 5㎏ m²', ['acme', 'tm', 'no', '15', '2', '1', '2', 'kg', '5kg', 'm2']],
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

/** A text and words inside of it that are found, each as the words of its own beside each other. */
const insideWords: readonly (readonly [text: string, found: readonly string[], missing: readonly string[]])[] = [
  ['다음 주 회의에서 예산을 결정합니다', ['회의', '예산', '결정'], ['회사']],
  ['พบกันที่ประชุมวันพุธนี้ครับ', ['ประชุม', 'วันพุธ', 'ที่'], ['ที', 'ประชม']],
  ['ການປະຊຸມວັນພຸດ', ['ປະຊຸມ'], ['ປະຊມ']],
  ['ការប្រជុំនៅថ្ងៃពុធ', ['ប្រជុំ', 'ថ្ងៃ'], ['ប្រជំ']],
  ['အစည်းအဝေးသည်ဗုဒ္ဓဟူးနေ့', ['အစည်းအဝေး'], ['အစညးအဝေး']],
  ['請查收附件中的發票', ['發票'], ['票發']],
];

for (const [text, found, missing] of insideWords) {
  test(`finds words inside ${text}, and no others`, () => {
    const words = ` ${tokenizeText(text).join(' ')} `;
    for (const word of found) assert.ok(words.includes(` ${tokenizeText(word).join(' ')} `), word);
    for (const word of missing) assert.ok(!words.includes(` ${tokenizeText(word).join(' ')} `), word);
  });
}

test('words as typed hold all the words that are compared, in their order', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const typed = splitWords(text);
      assert.deepEqual(typed.flatMap(tokenizeText), tokenizeText(text));
      for (const word of typed) assert.deepEqual(splitWords(word), [word]);
    }),
  );
});

test('words of scripts without spaces are printed for Gmail as they are typed', () => {
  assert.deepEqual(splitWords('"회의 예산" 東京タワー हिन्दी'), ['회의', '예산', '東京タワー', 'हिन्दी']);
});
