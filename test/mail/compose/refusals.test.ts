import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../../src/core/errors.ts';
import { composeMessage } from '../../../src/mail/compose/compose-message.ts';
import type { MessageToWrite } from '../../../src/mail/compose/message-to-write.ts';
import { maxSendBytes } from '../../../src/mail/mailbox.ts';
import { plainMessage } from './composing-cases.ts';

const file = { filename: 'a.txt', mimeType: 'text/plain', content: Buffer.from('x') };

/** Every place of a message whose value stands in a header, and the field that is named when it cannot. */
const places: readonly (readonly [field: string, put: (value: string) => Partial<MessageToWrite>])[] = [
  ['subject', (value) => ({ subject: `a${value}` })],
  ['from', (value) => ({ from: { name: `a${value}`, address: 'a@example.org' } })],
  ['from', (value) => ({ from: { name: '', address: `a${value}@example.org` } })],
  ['replyTo', (value) => ({ replyTo: [{ name: value, address: 'a@example.org' }] })],
  ['to', (value) => ({ to: [{ name: value, address: 'a@example.org' }] })],
  ['to', (value) => ({ to: [{ name: '', address: `a@example.org${value}` }] })],
  ['cc', (value) => ({ cc: [{ name: value, address: 'a@example.org' }] })],
  ['bcc', (value) => ({ bcc: [{ name: value, address: 'a@example.org' }] })],
  ['messageId', (value) => ({ messageId: `a${value}@example.org` })],
  ['inReplyTo', (value) => ({ inReplyTo: `a${value}@example.org` })],
  ['references', (value) => ({ references: ['a@example.org', `b@example.org${value}`] })],
  ['attachments[0].filename', (value) => ({ files: [{ ...file, filename: `a${value}.txt` }] })],
  ['attachments[0].mimeType', (value) => ({ files: [{ ...file, mimeType: `text/plain${value}` }] })],
  ['attachments[0].contentId', (value) => ({ files: [{ ...file, contentId: `a${value}` }] })],
  ['X-Test', (value) => ({ extraHeaders: [{ name: 'X-Test', value: `a${value}b` }] })],
  ['extraHeaders', (value) => ({ extraHeaders: [{ name: `X-Test${value}`, value: 'a' }] })],
  ['boundary', (value) => ({ boundary: `boundary4tests${value}` })],
];

const injections = [
  '\r\nBcc: attacker@example.com',
  '\nBcc: attacker@example.com',
  '\rBcc: attacker@example.com',
  '\r\n\r\nbody',
  '\0',
  '\u0085',
  '\u2028',
  '\u001b',
  '\ud83d',
];

test('a line break, NUL or other control in any header value is refused with the name of the field', () => {
  for (const [field, put] of places) {
    for (const injection of injections) {
      assert.throws(
        () => composeMessage({ ...plainMessage, ...put(injection) }),
        (error) => error instanceof AppError && error.code === 'INVALID_INPUT' && error.details.field === field,
        `${field} with ${JSON.stringify(injection)}`,
      );
    }
  }
});

test('the error says what was found and where', () => {
  assert.throws(() => composeMessage({ ...plainMessage, subject: 'Hi\r\nBcc: x@example.com' }), {
    code: 'INVALID_INPUT',
    message: 'subject contains the control character U+000D.',
    details: {
      field: 'subject',
      position: 2,
      expected: 'one line of text without control characters',
      got: 'U+000D',
    },
  });
});

test('half an emoji in a text is refused', () => {
  for (const change of [{ text: 'a\ud83d' }, { html: '<p>\ude00</p>' }]) {
    assert.throws(() => composeMessage({ ...plainMessage, ...change }), { code: 'INVALID_INPUT' });
  }
});

test('a file name that is a path, empty or too long is refused', () => {
  for (const filename of ['../secret', 'a/b', String.raw`a\b`, '', '  ', 'x'.repeat(256)]) {
    assert.throws(
      () => composeMessage({ ...plainMessage, files: [{ ...file, filename }] }),
      { code: 'INVALID_INPUT' },
      filename,
    );
  }
});

test('a media type that is none, or that would hold parts, is refused', () => {
  for (const mimeType of ['', 'text', 'text/plain; charset=utf-8', 'multipart/mixed', 'a b/c', 'text/']) {
    assert.throws(
      () => composeMessage({ ...plainMessage, files: [{ ...file, mimeType }] }),
      { code: 'INVALID_INPUT' },
      mimeType,
    );
  }
});

test('two files under one content id are refused', () => {
  const files = [
    { ...file, contentId: 'logo' },
    { ...file, contentId: 'logo' },
  ];
  assert.throws(() => composeMessage({ ...plainMessage, files }), {
    code: 'INVALID_INPUT',
    message: 'Two attachments have the content id "logo".',
  });
});

test('a header field of one’s own is refused unless its name begins with X-', () => {
  for (const name of ['Bcc', 'Subject', 'From', 'X-', 'X-a b', 'X-ä', 'x-lower:']) {
    assert.throws(
      () => composeMessage({ ...plainMessage, extraHeaders: [{ name, value: 'v' }] }),
      { code: 'INVALID_INPUT' },
      name,
    );
  }
});

test('a date that no header can hold is refused', () => {
  for (const dateMs of [Number.NaN, Number.POSITIVE_INFINITY, -1e15, 1e15]) {
    assert.throws(() => composeMessage({ ...plainMessage, dateMs }), { code: 'INVALID_INPUT' }, String(dateMs));
  }
});

test('a subject over 998 characters is refused', () => {
  assert.throws(() => composeMessage({ ...plainMessage, subject: 'x'.repeat(999) }), {
    code: 'INVALID_INPUT',
    message: 'The subject has 999 characters.',
  });
});

test("a message over Gmail's limit is refused, one under it is written", () => {
  const attach = (bytes: number) => ({ ...plainMessage, files: [{ ...file, content: Buffer.alloc(bytes) }] });
  assert.throws(() => composeMessage(attach(maxSendBytes + 1)), { code: 'TOO_LARGE' });
  assert.throws(() => composeMessage(attach(maxSendBytes * 0.75)), { code: 'TOO_LARGE' });
  assert.ok(composeMessage(attach(26_000_000)).byteLength <= maxSendBytes);
});
