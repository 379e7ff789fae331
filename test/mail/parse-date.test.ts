import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parseDate } from '../../src/mail/mime/parse-date.ts';

const dates: readonly (readonly [text: string, iso: string])[] = [
  ['Fri, 21 Nov 1997 09:55:06 -0600', '1997-11-21T15:55:06Z'],
  ['21 Nov 1997 09:55 -0600', '1997-11-21T15:55:00Z'],
  ['Thu,\t13\tFeb\t1969 23:32 -0330 (Newfoundland Time)', '1969-02-14T03:02:00Z'],
  ['Fri, 21 Nov 1997 09(comment (nested)):   55  :  06 -0600', '1997-11-21T15:55:06Z'],
  ['21 Nov 97 09:55:06 GMT', '1997-11-21T09:55:06Z'],
  ['Tue, 1 Apr 97 10:28:56 +0200', '1997-04-01T08:28:56Z'],
  ['1 Jan 49 00:00:00 Z', '2049-01-01T00:00:00Z'],
  ['1 Jan 50 00:00:00 Z', '1950-01-01T00:00:00Z'],
  ['1 Jan 102 00:00:00 UT', '2002-01-01T00:00:00Z'],
  ['Thu, 22 Aug 0102 12:07:35 +0800', '2002-08-22T04:07:35Z'],
  ['Mon, 4 Feb 2002 22:12:03 EST', '2002-02-05T03:12:03Z'],
  ['Mon, 4 Feb 2002 22:12:03 PDT', '2002-02-05T05:12:03Z'],
  ['Mon, 4 Feb 2002 22:12:03 CET', '2002-02-04T22:12:03Z'],
  ['Mon, 4 Feb 2002 22:12:03 A', '2002-02-04T22:12:03Z'],
  ['Mon, 4 Feb 2002 22:12:03 GMT+0100', '2002-02-04T21:12:03Z'],
  ['Mon, 4 Feb 2002 22:12:03 GMT+1', '2002-02-04T21:12:03Z'],
  ['Mon, 4 Feb 2002 22:12:03 +01:00', '2002-02-04T21:12:03Z'],
  ['Mon, 4 Feb 2002 22:12:03', '2002-02-04T22:12:03Z'],
  ['Mon Jun  2 00:32:48 2003', '2003-06-02T00:32:48Z'],
  ['Thu Feb 13 23:32:54 +0100 1997', '1997-02-13T22:32:54Z'],
  ['Thu Feb 13 23:32:54 EST 1997', '1997-02-14T04:32:54Z'],
  ['2002/08/22 Thu 12:07:35 CDT', '2002-08-22T17:07:35Z'],
  ['2024-02-29T10:11:12Z', '2024-02-29T10:11:12Z'],
  ['2024-02-29T10:11:12.345+02:00', '2024-02-29T08:11:12Z'],
  ['13-Feb-97', '1997-02-13T00:00:00Z'],
  ['13-Feb-97          Time: 10:20:30', '1997-02-13T10:20:30Z'],
  ['31 Dec 1998 23:59:60 +0000', '1999-01-01T00:00:00Z'],
  ['Donnerstag, 13 Feb 1997 10:00:00 +0100', '1997-02-13T09:00:00Z'],
];

for (const [text, iso] of dates) {
  test(`reads ${text}`, () => {
    assert.equal(parseDate(text), Date.parse(iso));
  });
}

for (const text of [
  '',
  'yesterday',
  '31 Feb 2020 10:00:00 +0000',
  '(all comment',
  '13 Feb',
  '10:00:00',
  '1 Jan 1800 0:00',
]) {
  test(`answers undefined for ${JSON.stringify(text)}`, () => {
    assert.equal(parseDate(text), undefined);
  });
}

test('reads back every date in the form of RFC 5322', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date(0), max: new Date('9000-01-01'), noInvalidDate: true }), (date) => {
      assert.equal(parseDate(date.toUTCString()), Math.floor(date.getTime() / 1000) * 1000);
    }),
  );
});

test('answers a whole instant or undefined, whatever the text is', () => {
  const piece = fc.constantFrom(
    'Mon, ',
    '31 ',
    'Feb ',
    '1997 ',
    '99',
    '10:20',
    ':30',
    ' -0600',
    ' EST',
    '(',
    ')',
    '/',
    '-',
    'T',
    ' ',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 3 })), { maxLength: 12 }), (pieces) => {
      const instantMs = parseDate(pieces.join(''));
      assert.ok(instantMs === undefined || Number.isInteger(instantMs));
    }),
  );
});
