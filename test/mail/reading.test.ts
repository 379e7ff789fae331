import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { baseSubject } from '../../src/mail/text/base-subject.ts';
import { bodyText } from '../../src/mail/text/body-text.ts';
import { clipText } from '../../src/mail/text/clip-text.ts';
import { formatAddresses } from '../../src/mail/mime/format-address.ts';
import { safeFilename } from '../../src/mail/mime/safe-filename.ts';

const rich = `<h1>The letter</h1><p>${'Every word of it is here. '.repeat(20)}</p>`;

test('a body is its plain text', () => {
  const { text, hiddenCharacters } = bodyText({ text: `One\r\ntwo\u200b. ${'And more. '.repeat(30)}`, html: rich });
  assert.ok(text.startsWith('One\ntwo. And more.'));
  assert.equal(hiddenCharacters, 1);
});

test('a body is the text of its HTML where the plain text is a stub, empty or not there', () => {
  const stub = `Your mail program cannot show this. See https://example.org/${'x'.repeat(400)}`;
  for (const text of [stub, ' \r\n', undefined]) {
    assert.ok(
      bodyText({ ...(text === undefined ? {} : { text }), html: rich }).text.startsWith('The letter\n\nEvery word'),
    );
  }
});

test('a body is the plain text where the HTML says no more', () => {
  assert.equal(bodyText({ text: 'Yes.', html: '<p>Yes.</p>' }).text, 'Yes.');
  assert.equal(bodyText({ text: 'Yes.' }).text, 'Yes.');
  assert.deepEqual(bodyText({}), { text: '', hiddenCharacters: 0 });
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
