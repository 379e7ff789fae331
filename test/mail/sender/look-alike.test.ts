import assert from 'node:assert/strict';
import { test } from 'node:test';
import { domainOf, looksLike, mixesAlphabets } from '../../../src/mail/sender/look-alike.ts';

const known = [
  'hp.com',
  'a.example',
  'ebay.com',
  'example.org',
  'studio-nine.example',
  'paypal.com',
  'google.com',
  'ab.cd',
  'mail.example.org',
];

const alike = [
  'ebey.com',
  'examp1e.org',
  'exarnple.org',
  'exampel.org',
  'exmple.org',
  'examplee.org',
  'paypa1.com',
  'раураl.com',
  'xn--pypal-4ve.com',
  'studio-nime.example',
  'pаypal.com',
  'g00gle.com',
];
const other = [
  'bp.com',
  'b.example',
  'example.org',
  'mall.example.org',
  'mail.example.org',
  'example.net',
  'sample.com',
  'ab.ce',
  'paypal-mail.com',
  'org',
  '',
];

for (const domain of alike) {
  test(`${domain} looks like a known domain`, () => assert.ok(looksLike(domain, known)));
}
for (const domain of other) {
  test(`${domain || 'nothing'} looks like no known domain but itself`, () => assert.ok(!looksLike(domain, known)));
}

test('a word of several alphabets is told from one of a single other alphabet', () => {
  assert.ok(mixesAlphabets('pаypal.com'));
  assert.ok(mixesAlphabets('xn--pypal-4ve.com'));
  assert.ok(mixesAlphabets('раура.example'));
  assert.ok(!mixesAlphabets('почта.example'));
  assert.ok(!mixesAlphabets('123-4.example'));
  assert.ok(!mixesAlphabets('東京mail.example'));
  assert.ok(!mixesAlphabets('müller.example'));
});

test('the domain of an address is what is behind its last @, in Unicode', () => {
  assert.equal(domainOf('"a@b"@Example.ORG'), 'example.org');
  assert.equal(domainOf('a@xn--mller-kva.example'), 'müller.example');
  assert.equal(domainOf('nobody'), '');
});
