import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { composeMessage } from '../../../src/mail/compose/compose-message.ts';
import type { MessageToWrite } from '../../../src/mail/compose/message-to-write.ts';
import { parseRecipients } from '../../../src/mail/compose/parse-recipients.ts';
import { formatAddresses } from '../../../src/mail/mime/format-address.ts';
import { plainMessage } from './composing-cases.ts';
import { lintMessage } from './lint-message.ts';
import { readWithPython, withoutPython } from './python-reader.ts';
import { assertParsed, assertPython } from './round-trip.ts';

const runs = Number(process.env['COMPOSE_RUNS'] ?? 300);

/** Text of a header: no controls, no spaces at the ends. */
const headerText = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 120 }),
    fc.string({ unit: 'grapheme', maxLength: 60 }),
    fc.string({
      unit: fc.constantFrom('a', ' ', '=', '?', '_', '"', '\\', 'é', '🎉', 'ب', '.', ',', '<', '(', 'utf-8', '=?'),
      maxLength: 60,
    }),
  )
  .map((text) =>
    text
      .toWellFormed()
      .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '')
      .trim(),
  );

const name = headerText.map((text) => text.replaceAll(/ +/g, ' ').trim().slice(0, 200).toWellFormed());
const localPart = fc
  .stringMatching(/^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,20}(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,20}){0,2}$/)
  .filter((text) => !text.includes('=?'));
const domain = fc.constantFrom(
  'example.org',
  'sub.example.co.uk',
  'müller.example',
  '例え.テスト',
  'xn--mller-kva.example',
);
const address = fc.record({ name, address: fc.tuple(localPart, domain).map(([local, host]) => `${local}@${host}`) });
const addresses = fc.uniqueArray(address, { maxLength: 5, selector: (one) => one.address.toLowerCase() });

const body = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '.',
        '..',
        'From ',
        '> ',
        ' ',
        '\t',
        '=',
        '=3D',
        '-- ',
        '--=_b0undary4tests_a',
        'word '.repeat(40),
        'é'.repeat(100),
        '🎉',
        '\n',
        '\n\n',
      ),
      fc.string({ unit: 'grapheme', maxLength: 100 }),
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join('').replaceAll(/\r\n?/g, '\n').toWellFormed());

const filename = headerText.map(
  (text) =>
    `${text
      .replaceAll(/[/\\]|=\?/g, '')
      .trim()
      .slice(0, 70)
      .toWellFormed()}.x`,
);
const file = fc.record({
  filename,
  mimeType: fc.constantFrom('application/pdf', 'text/plain', 'image/png', 'application/octet-stream'),
  content: fc.uint8Array({ maxLength: 300 }),
});

const message: fc.Arbitrary<MessageToWrite> = fc.record({
  from: address,
  to: addresses,
  cc: addresses,
  bcc: addresses,
  replyTo: addresses,
  subject: headerText,
  dateMs: fc.integer({ min: 0, max: 4e12 }),
  messageId: fc.constant(plainMessage.messageId),
  references: fc.uniqueArray(fc.stringMatching(/^[A-Za-z0-9.]{1,90}@[a-z.]{1,30}$/), { maxLength: 8 }),
  text: body,
  html: body.map((text) => `<p>${text}</p>`),
  files: fc.array(file, { maxLength: 3 }),
  boundary: fc.stringMatching(/^[A-Za-z0-9]{10,50}$/),
});

test('any message is clean and read back as it was asked for', async () => {
  await fc.assert(
    fc.asyncProperty(message, async (asked) => {
      const raw = composeMessage(asked);
      assert.deepEqual(lintMessage(raw), []);
      await assertParsed(raw, asked, 'message');
    }),
    { numRuns: runs },
  );
});

test('any message is read by Python as it was asked for', { skip: withoutPython }, () => {
  const asked = fc.sample(message, runs / 4);
  const answers = readWithPython(asked.map(composeMessage));
  for (const [index, one] of asked.entries()) {
    const answer = answers[index];
    assert.ok(answer !== undefined);
    assertPython(answer, one, JSON.stringify(one));
  }
});

test('addresses that are shown can be given back', () => {
  fc.assert(
    fc.property(addresses, (list) => {
      const first = parseRecipients(
        list.map(({ name: shown, address: plain }) =>
          formatAddresses([{ name: shown, address: plain }]).replace(/^[^"].*(?= <)/s, (bare) => JSON.stringify(bare)),
        ),
        'to',
      );
      assert.deepEqual(
        parseRecipients(formatAddresses(first.map((one) => ({ ...one, name: '' }))), 'to').map((one) => one.address),
        first.map((one) => one.address),
      );
    }),
    { numRuns: runs },
  );
});

test('no input makes a header of its own', () => {
  const nasty = fc.string({
    unit: fc.constantFrom(
      '\r',
      '\n',
      '\0',
      ':',
      ' ',
      'Bcc',
      'x@example.com',
      '<',
      '>',
      '"',
      ',',
      ';',
      '\\',
      '\t',
      '\u2028',
    ),
    maxLength: 12,
  });
  fc.assert(
    fc.property(nasty, nasty, nasty, (subject, personName, fileName) => {
      let raw: Uint8Array;
      try {
        raw = composeMessage({
          ...plainMessage,
          subject,
          from: { name: personName, address: 'a@example.org' },
          files: [{ filename: fileName, mimeType: 'text/plain', content: Buffer.of() }],
        });
      } catch (error) {
        assert.equal((error as { code?: unknown }).code, 'INVALID_INPUT');
        return;
      }
      const header = Buffer.from(raw).toString().split('\r\n\r\n')[0] ?? '';
      assert.deepEqual(
        Array.from(header.matchAll(/^[^\s:]+(?=:)/gm), (match) => match[0]),
        ['Date', 'From', 'To', 'Subject', 'Message-ID', 'MIME-Version', 'Content-Type'],
      );
      assert.deepEqual(lintMessage(raw), []);
    }),
    { numRuns: runs },
  );
});
