import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseQuery } from '../../src/mail/query/parse-query.ts';
import { printQuery } from '../../src/mail/query/print-query.ts';
import { queryOperators } from '../../src/mail/query/query-operators.ts';

const options = {
  nowMs: Date.UTC(2026, 10, 22, 12, 30, 15, 500),
  timeZone: 'Europe/Berlin',
  emailAddress: 'ann.lee@example.org',
};

/** Queries and what they mean, in the canonical form that leaves nothing open. */
const meanings: readonly (readonly [query: string, canonical: string])[] = [
  ['', ''],
  ['   ', ''],
  ['invoice', '"invoice"'],
  ['Invoice  März', '"Invoice" "März"'],
  ['"quarterly report"', '"quarterly report"'],
  ['+exact +"two words"', '"exact" "two words"'],
  ['foo-bar ann@example.org 12:30 3.14', '"foo bar" "ann example org" "12 30" "3 14"'],
  ['東京', '"東京"'],
  ['from:ann', 'from:"ann"'],
  ['FROM:"Ann Lee"', 'from:"Ann Lee"'],
  ['from:ann@example.org', 'from:"ann example org"'],
  ['from:me to:ME from:"me"', 'from:"ann lee example org" to:"ann lee example org" from:"me"'],
  ['cc:a bcc:b deliveredto:me', 'cc:"a" bcc:"b" deliveredto:"ann lee example org"'],
  ['subject:anniversary party', 'subject:"anniversary" "party"'],
  ['subject:(anniversary party)', 'subject:"anniversary" subject:"party"'],
  ['subject:(a OR b) c', '{subject:"a" subject:"b"} "c"'],
  ['subject:{a "b c"}', '{subject:"a" subject:"b c"}'],
  ['subject:(a -b)', 'subject:"a" -subject:"b"'],
  ['list:r-devel.example.org filename:report.pdf', 'list:"r devel example org" filename:"report pdf"'],
  ['label:work', 'label:"work"'],
  ['label:2-projects-r label:"A&E"', 'label:"2-projects-r" label:"A&E"'],
  ['label:inbox label:Drafts label:CATEGORY_SOCIAL', 'in:inbox in:draft category:social'],
  ['in:sent in:drafts in:trash in:SPAM', 'in:sent in:draft in:trash in:spam'],
  ['in:{inbox sent}', '{in:inbox in:sent}'],
  ['in:anywhere', 'in:anywhere'],
  ['in:archive', '-in:inbox -in:sent -in:draft -in:spam -in:trash'],
  ['is:unread is:read', 'is:unread -is:unread'],
  ['is:(unread starred) is:important', 'is:unread is:starred is:important'],
  ['has:attachment has:userlabels has:nouserlabels', 'has:attachment has:userlabels -has:userlabels'],
  ['category:primary', 'category:primary'],
  ['larger:5M smaller:1k size:10', 'size:5242881 smaller:1024 size:10'],
  ['rfc822msgid:<a.b@example.org> rfc822msgid:-1@x', 'rfc822msgid:"a.b@example.org" rfc822msgid:"-1@x"'],
  ['a b c', '"a" "b" "c"'],
  ['a AND b', '"a" "b"'],
  ['a OR b OR c', '{"a" "b" "c"}'],
  ['a b OR c d', '"a" {"b" "c"} "d"'],
  ['a AND b OR c', '"a" {"b" "c"}'],
  ['(a b) OR c', '{("a" "b") "c"}'],
  ['{a (b c) -d}', '{"a" ("b" "c") -"d"}'],
  ['{a OR b c}', '{"a" "b" "c"}'],
  ['((a)) (b (c d))', '"a" "b" "c" "d"'],
  ['-a -from:b -"c d" -(e f) -{g h} -(-i)', '-"a" -from:"b" -"c d" -("e" "f") -{"g" "h"} -(-"i")'],
  ['a(b)c', '"a" "b" "c"'],
  ['and-so', '"and so"'],
  ['a AROUND 5 b c', '(a AROUND 5 b) "c"'],
  ['-holiday AROUND 10 e-mail OR c', '{-(holiday AROUND 10 e-mail) "c"}'],
];

for (const [query, canonical] of meanings) {
  test(`${query} means ${canonical}`, () => {
    assert.equal(printQuery(parseQuery(query, options)), canonical);
  });
}

const instants: readonly (readonly [
  query: string,
  timeZone: string,
  fromOrBefore: 'fromMs' | 'beforeMs',
  iso: string,
])[] = [
  ['after:2026/03/29', 'Europe/Berlin', 'fromMs', '2026-03-28T23:00:00Z'],
  ['before:2026/3/30', 'Europe/Berlin', 'beforeMs', '2026-03-29T22:00:00Z'],
  ['newer:2026-03-30', 'America/New_York', 'fromMs', '2026-03-30T04:00:00Z'],
  ['older:12/31/2025', 'UTC', 'beforeMs', '2025-12-31T00:00:00Z'],
  ['after:1700000000', 'Europe/Berlin', 'fromMs', '2023-11-14T22:13:20Z'],
  ['before:1960/01/01', 'UTC', 'beforeMs', '1970-01-01T00:00:00Z'],
  ['newer_than:1d', 'Europe/Berlin', 'fromMs', '2026-11-21T12:30:15Z'],
  ['newer_than:1m', 'Europe/Berlin', 'fromMs', '2026-10-22T11:30:15Z'],
  ['older_than:2Y', 'Europe/Berlin', 'beforeMs', '2024-11-22T12:30:15Z'],
];

for (const [query, timeZone, bound, iso] of instants) {
  test(`${query} in ${timeZone} begins or ends at ${iso}`, () => {
    assert.deepEqual(parseQuery(query, { ...options, timeZone }), { kind: 'date', [bound]: Date.parse(iso) });
  });
}

const near = 'two words without quotes: holiday AROUND 10 vacation';
const term = 'a word, a "phrase", an operator or a group';
const date = 'a date YYYY/MM/DD, YYYY-MM-DD or MM/DD/YYYY, or seconds since 1970 (9 to 11 digits)';
const age = 'a number from 1 to 9999 with d (days), m (months) or y (years), e.g. 7d';
const size = 'a whole number of bytes, or one with K, M or G, e.g. 5M';
const operators = queryOperators.map(({ name }) => `${name}:`).join(' ');

const refusals: readonly (readonly [query: string, position: number, expected: string, got: string])[] = [
  ['nosuch:x', 0, operators, 'nosuch:'],
  ['see http://example.org', 4, operators, 'http:'],
  ['a "never closed', 2, 'a closing "', '"never closed'],
  ['(a b', 4, 'a closing )', 'the end of the query'],
  ['{a b)', 4, 'a closing }', ')'],
  ['(a b}', 4, 'a closing )', '}'],
  ['a )', 2, 'the end of the query', ')'],
  ['()', 1, term, ')'],
  ['a {}', 3, term, '}'],
  ['OR a', 0, term, 'OR'],
  ['a OR', 4, term, 'the end of the query'],
  ['a OR OR b', 5, term, 'OR'],
  ['a AND AND b', 6, term, 'AND'],
  ['from:', 5, 'a value directly after from:, without a space', 'the end of the query'],
  ['from: ann', 6, 'a value directly after from:, without a space', 'ann'],
  ['from:)', 5, 'a value directly after from:, without a space', ')'],
  ['from:-ann', 5, 'a word', '-ann'],
  ['from:...', 5, 'a word of letters or digits', '...'],
  ['subject:(a from:b)', 11, 'words or "phrases"', 'from:'],
  ['label:a"b c"', 7, 'a space', '"b c"'],
  ['rfc822msgid:a(b)@c', 13, 'a space', '('],
  ['label:""', 6, 'a name', 'nothing'],
  ['rfc822msgid:<>', 12, 'a Message-ID, e.g. rfc822msgid:abc@example.org', '<>'],
  ['!!!', 0, 'a word of letters or digits', '!!!'],
  ['invo*', 0, 'a whole word', 'invo*'],
  ['a - b', 4, 'a term directly after the -', 'b'],
  ['a -', 3, 'a term directly after the -', 'the end of the query'],
  ['--a', 1, 'a term directly after the -', '-'],
  ['-)', 1, term, ')'],
  ['cats or dogs', 5, 'OR in capitals between alternatives', 'or'],
  ['cats and dogs', 5, 'nothing between words that must all occur, or AND in capitals', 'and'],
  ['NOT dogs', 0, 'a - directly before what must not occur', 'NOT'],
  ['AROUND 5 b', 0, term, 'AROUND'],
  ['a AROUND b', 9, 'a number of words from 1 to 250, as in holiday AROUND 10 vacation', 'b'],
  ['a AROUND 0 b', 9, 'a number of words from 1 to 250, as in holiday AROUND 10 vacation', '0'],
  ['a AROUND 5', 10, near, 'the end of the query'],
  ['a AROUND 5 "b"', 11, near, '"b"'],
  ['"a b" AROUND 5 c', 0, near, '"a b"'],
  ['a AROUND 5 A', 11, 'two different words', 'A'],
  ['"a AROUND 5 b"', 0, near, 'a AROUND 5 b'],
  ['from:(a AROUND 5 b)', 8, term, 'AROUND'],
  ['after:yesterday', 6, date, 'yesterday'],
  ['after:2024', 6, date, '2024'],
  ['after:2024/02/30', 6, date, '2024/02/30'],
  ['after:31/12/2024', 6, date, '31/12/2024'],
  ['after:1700000000000', 6, date, '1700000000000'],
  ['newer_than:2w', 11, age, '2w'],
  ['newer_than:6h', 11, age, '6h'],
  ['older_than:0d', 11, age, '0d'],
  ['older_than:d', 11, age, 'd'],
  ['larger:big', 7, size, 'big'],
  ['larger:-1', 7, size, '-1'],
  ['larger:1.5M', 7, size, '1.5M'],
  [
    'in:nowhere',
    3,
    'one of anywhere, archive, chats, draft, drafts, important, inbox, sent, spam, starred, trash, unread',
    'nowhere',
  ],
  ['is:muted', 3, 'one of chat, important, read, starred, unread', 'muted'],
  ['has:drive', 4, 'one of attachment, nouserlabels, userlabels', 'drive'],
  ['category:purchases', 9, 'one of forums, primary, promotions, social, updates', 'purchases'],
];

for (const [query, position, expected, got] of refusals) {
  test(`refuses ${query} at ${position}`, () => {
    assert.throws(
      () => parseQuery(query, options),
      (error: { code: string; message: string; details: Record<string, unknown> }) => {
        assert.equal(error.code, 'INVALID_INPUT');
        assert.ok(error.message.startsWith(`The query is not understood at position ${position}: `), error.message);
        const { hint, ...details } = error.details;
        assert.ok(hint === undefined || typeof hint === 'string');
        assert.deepEqual(details, { field: 'q', position, expected, got });
        return true;
      },
    );
  });
}

test('says in words what is wrong and what to do', () => {
  assert.throws(() => parseQuery('cats or dogs', options), {
    message: 'The query is not understood at position 5: or is no operator here.',
    details: {
      field: 'q',
      position: 5,
      expected: 'OR in capitals between alternatives',
      got: 'or',
      hint: 'To look for the word itself, put it in quotes: "or".',
    },
  });
});

for (const hostile of ['(', '{', '-(', '-', '"', 'from:(', '(a OR ', '{a ']) {
  test(`2,000 characters of ${hostile} are refused at once`, () => {
    const query = hostile.repeat(2000 / hostile.length);
    const started = performance.now();
    assert.throws(() => parseQuery(query, options), { code: 'INVALID_INPUT' });
    assert.ok(performance.now() - started < 10_000);
  });
}

test('refuses a query over 2,000 characters', () => {
  assert.throws(() => parseQuery('a'.repeat(2001), options), {
    code: 'INVALID_INPUT',
    message: 'The query is too long.',
    details: { field: 'q', position: 2000, expected: 'at most 2000 characters', got: '2001 characters' },
  });
});

test('takes a long value back in an error only in part', () => {
  assert.throws(() => parseQuery(`after:${'x'.repeat(500)}`, options), {
    code: 'INVALID_INPUT',
    details: { field: 'q', position: 6, expected: date, got: `${'x'.repeat(60)}…` },
  });
});
