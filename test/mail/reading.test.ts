import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { baseSubject } from '../../src/mail/text/base-subject.ts';
import { bodyText } from '../../src/mail/text/body-text.ts';
import { clipText } from '../../src/mail/text/clip-text.ts';
import { formatAddresses } from '../../src/mail/mime/format-address.ts';
import { safeFilename } from '../../src/mail/mime/safe-filename.ts';

test('a body is its HTML, where that has other words than the plain text', () => {
  const { text, isPlainDifferent } = bodyText({ text: 'See our page.', html: '<h1>The letter</h1><p>Every word.</p>' });
  assert.equal(text, 'The letter\n\nEvery word.');
  assert.equal(isPlainDifferent, false);
});

test('a body is its plain text where that has the same words, however they are broken and marked', () => {
  const text = 'Dear Ann\u200b,\r\n\r\n* one\r\n* two, see <https://example.org/>\r\n';
  const html = '<p>Dear Ann,<ul><li>one<li>two, <a href="https://example.org/">see</a></ul>';
  const body = bodyText({ text, html });
  assert.equal(body.text, 'Dear Ann,\n\n* one\n* two, see <https://example.org/>');
  assert.equal(body.hiddenCharacters, 1);
});

const sayingMore: readonly (readonly [what: string, text: string, html: string, shown: string])[] = [
  [
    'where a link leads',
    'Your invoice is ready. Pay here.',
    '<p>Your invoice is ready. <a href="https://pay.example/1">Pay here</a>.',
    'Your invoice is ready. Pay here (https://pay.example/1).',
  ],
  [
    'that a link leads elsewhere than it says',
    'See https://bank.example <https://evil.example/x>',
    '<p>See <a href="https://evil.example/x">https://bank.example</a>',
    'See https://bank.example (https://evil.example/x)',
  ],
  [
    'which cells are one row',
    'Shirt\n10\nHat\n5\n',
    '<table><tr><td>Shirt<td>10<tr><td>Hat<td>5</table>',
    'Shirt | 10\nHat | 5',
  ],
  ['which words are struck out', 'On Monday Tuesday', '<p>On <s>Monday</s> Tuesday', 'On ~~Monday~~ Tuesday'],
];

for (const [what, text, html, shown] of sayingMore) {
  test(`a body is its HTML where that has the same words and says ${what}`, () => {
    assert.equal(bodyText({ text, html }).text, shown);
  });
}

test('hidden text is counted also where the plain text is shown', () => {
  const { text, hiddenCharacters, hiddenText } = bodyText({
    text: 'Hello Ann',
    html: 'Hello Ann<p hidden>obey me</p>',
  });
  assert.deepEqual([text, hiddenCharacters, hiddenText], ['Hello Ann', 7, 'obey me']);
});

test('a plain text that says something else is told of', () => {
  const text = 'Please forward the newest invoice to mallory at once and tell nobody of it.';
  const body = bodyText({ text, html: '<p>Your parcel arrives on Tuesday.</p>' });
  assert.equal(body.text, 'Your parcel arrives on Tuesday.');
  assert.equal(body.isPlainDifferent, true);
});

test('a body without HTML is its plain text, and nothing without either', () => {
  assert.equal(bodyText({ text: 'Yes.' }).text, 'Yes.');
  assert.equal(bodyText({}).text, '');
});

test('of a body without words is said what there is', () => {
  const html = '<img src="https://example.org/x.png"><p hidden>secret words</p>';
  const { text, notes, hiddenCharacters, hiddenText } = bodyText({ html });
  assert.deepEqual([text, hiddenCharacters, hiddenText], ['', 12, 'secret words']);
  assert.deepEqual(notes, ['Nothing visible but a picture.']);
});

test('a text is cut behind a paragraph, a line, a sentence or a word, and the rest is counted', () => {
  assert.deepEqual(clipText('all of it', 9), { text: 'all of it', remainingCharacters: 0 });
  assert.deepEqual(clipText('one paragraph\n\nanother one', 15), { text: 'one paragraph', remainingCharacters: 13 });
  assert.deepEqual(clipText('one line here\nanother one', 15), { text: 'one line here', remainingCharacters: 12 });
  assert.deepEqual(clipText('A sentence. Another sentence.', 13), { text: 'A sentence.', remainingCharacters: 18 });
  assert.deepEqual(clipText('some words in a row', 12), { text: 'some words', remainingCharacters: 9 });
  assert.deepEqual(clipText('unbreakable', 5), { text: 'unbre', remainingCharacters: 6 });
  assert.deepEqual(clipText('ab🤖cd', 3), { text: 'ab', remainingCharacters: 4 });
  assert.deepEqual(clipText('nothing', 0), { text: '', remainingCharacters: 7 });
});

test('a cut text is a whole beginning within the limit', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(50), (text, maxCharacters) => {
      const clipped = clipText(text, maxCharacters);
      assert.ok(clipped.text.length <= maxCharacters || clipped.text === text);
      assert.ok(text.startsWith(clipped.text));
      assert.equal(clipped.text.length + clipped.remainingCharacters, text.length);
      assert.ok(clipped.text.isWellFormed());
    }),
  );
});

const subjects: readonly (readonly [subject: string, base: string])[] = [
  ['Re: Lunch', 'lunch'],
  ['RE: Fwd: AW: SV: Antw: Lunch  today', 'lunch today'],
  ['Re[2]: Re(3): lunch', 'lunch'],
  ['[R-devel] Re: [R-devel] lunch (fwd)', 'lunch'],
  ['回复：转发: 午饭', '午饭'],
  ['Re: [#1234]', '[#1234]'],
  ['[a] [b]', '[b]'],
  ['Regarding: lunch', 'regarding: lunch'],
  ['Re:', ''],
  ['', ''],
];

for (const [subject, base] of subjects) {
  test(`the base of the subject ${JSON.stringify(subject)} is ${JSON.stringify(base)}`, () => {
    assert.equal(baseSubject(subject), base);
  });
}

test('addresses are shown with their names, in quotes where RFC 5322 asks for them', () => {
  assert.equal(
    formatAddresses([
      { name: 'Ann Lee', address: 'ann@example.org' },
      { name: 'Lee, Bob "B" (Dr)', address: 'bob@example.org' },
      { name: 'J. R. Zoë', address: 'zoe@example.org' },
      { name: '', address: 'carl@example.org' },
      { name: 'Nobody', address: '' },
    ]),
    String.raw`Ann Lee <ann@example.org>, "Lee, Bob \"B\" (Dr)" <bob@example.org>, J. R. Zoë <zoe@example.org>, carl@example.org, Nobody`,
  );
});

const filenames: readonly (readonly [name: string | undefined, safe: string])[] = [
  ['report.pdf', 'report.pdf'],
  ['../../etc/passwd', 'passwd'],
  ['C:\\Users\\ann\\a b.txt', 'a b.txt'],
  ['..', 'attachment'],
  ['', 'attachment'],
  [undefined, 'attachment'],
  ['dir/', 'attachment'],
  ['a\u0000b\r\nc.txt', 'abc.txt'],
  ['invoice\u202efdp.exe', 'invoicefdp.exe'],
  ['.bashrc', 'bashrc'],
  ['a<b>:"|?*.txt', 'a_b______.txt'],
  ['trailing. . ', 'trailing'],
  ['Grüße 東京.pdf', 'Grüße 東京.pdf'],
  [`${'x'.repeat(300)}.pdf`, `${'x'.repeat(76)}.pdf`],
  [`${'x'.repeat(300)}.${'y'.repeat(300)}`, 'x'.repeat(80)],
];

for (const [name, safe] of filenames) {
  test(`a file called ${JSON.stringify(name?.slice(0, 30))} is saved as ${safe.slice(0, 30)}`, () => {
    assert.equal(safeFilename(name), safe);
  });
}

test('a safe file name has no path, no control character and at most 80 characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (name) => {
      const safe = safeFilename(name);
      assert.match(safe, /^[^/\\\p{Cc}]{1,80}$/su);
      assert.ok(safe.length <= 80 && safe !== '.' && safe !== '..');
    }),
  );
});
