import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { boundaryOf, splitMultipart } from '../../src/emulator/http/split-multipart.ts';

const boundary = 'a-boundary-that-no-random-bytes-hold';

const arbitraryPart = fc.record({
  value: fc.stringMatching(/^[\w/;=. -]{1,40}$/),
  // Line breaks and hyphens are what a boundary is made of.
  body: fc.array(fc.constantFrom('\r\n', '\n', '--', '--a-boundary', 'x', '\u{e9}', ' '), { maxLength: 12 }),
  lineBreak: fc.constantFrom('\r\n', '\n'),
});

test('a multipart body comes apart into the parts that it was put together from', () => {
  fc.assert(
    fc.property(fc.array(arbitraryPart, { minLength: 1, maxLength: 5 }), (parts) => {
      const written = parts
        .map(({ value, body, lineBreak }) =>
          [`--${boundary}`, `X-Value: ${value}`, '', body.join('')].join(lineBreak).concat(lineBreak),
        )
        .join('');
      const read = splitMultipart(Buffer.from(`preamble\r\n${written}--${boundary}--`), boundary);
      assert.deepEqual(
        read?.map(({ headers, body }) => ({ value: headers.get('x-value'), body: body.toString() })),
        parts.map(({ value, body, lineBreak }) => ({
          value: value.trim(),
          // A line feed at the end makes a CRLF of a carriage return before it; the delimiter takes both.
          body: lineBreak === '\n' ? body.join('').replace(/\r$/, '') : body.join(''),
        })),
      );
    }),
  );
});

test('random bytes are no multipart body, and do no harm', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      assert.equal(splitMultipart(Buffer.from(bytes), boundary), undefined);
    }),
  );
});

for (const [contentType, expected] of [
  ['multipart/mixed; boundary=abc', 'abc'],
  ['multipart/mixed; charset=UTF-8; boundary="a b; c"', 'a b; c'],
  ['multipart/mixed;boundary=abc; charset=UTF-8', 'abc'],
  ['multipart/mixed', undefined],
  ['multipart/mixed; boundary=', undefined],
] as const) {
  test(`the boundary of ${contentType}`, () => {
    assert.equal(boundaryOf(contentType), expected);
  });
}
