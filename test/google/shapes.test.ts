import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { TestContext } from 'node:test';
import { parseMime } from '../../src/mail/mime/parse-mime.ts';
import { openCaller } from '../emulator/call-method.ts';
import { gmailOnEmulator } from '../gmail/open-on-emulator.ts';
import { differences, noIdentities } from './compare-answers.ts';
import { readHeaderShapes, readReportShape, readShape } from './read-samples.ts';

const charsets = ['gb2312', 'iso-2022-jp', 'iso-8859-1', 'koi8-r', 'windows-1252'];

/** The samples have one letter as the snippet of every message; state and dates are made up. */
function withoutState(message: unknown): unknown {
  const { snippet: _, labelIds: __, internalDate: ___, historyId: ____, ...rest } = Object(message);
  return rest;
}

async function emulated(t: TestContext, raw: Uint8Array): Promise<unknown> {
  const { call } = openCaller(t);
  const { id } = await call('messages.insert', { media: raw });
  return call('messages.get', { parameters: { id } });
}

suite('a message in Google’s JSON', () => {
  for (const name of [...charsets.map((charset) => `charset-${charset}`), 'message-rfc822-without-a-name']) {
    test(`is the emulator’s, too: ${name}`, async (t) => {
      const { full, raw } = readShape(name);
      const ours = withoutState(await emulated(t, raw));
      assert.deepEqual(differences(withoutState(full), ours, noIdentities()), []);
      assert.equal(Object(ours).sizeEstimate, Object(full).sizeEstimate);
    });
  }

  test('is the emulator’s, too: a report of a delivery', async (t) => {
    const raw = [
      'From: A <a@example.com>',
      'To: me@example.com',
      'Subject: t',
      'Date: Wed, 29 Apr 2026 10:52:53 -0700',
      'Message-ID: <1@example.com>',
      'MIME-Version: 1.0',
      'Content-Type: multipart/report; boundary="r"; report-type=delivery-status',
      '',
      '--r',
      'Content-Type: text/plain; charset=UTF-8',
      '',
      'Address not found',
      '--r',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; googlemail.com',
      'Received-From-MTA: dns; me@example.com',
      'Arrival-Date: Wed, 11 Sep 2024 02:17:28 -0700 (PDT)',
      'X-Original-Message-ID: <CAx@mail.gmail.com>',
      '',
      'Final-Recipient: rfc822; nobody@example.com',
      'Action: failed',
      'Status: 5.1.1',
      '',
      '--r',
      'Content-Type: message/global',
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.alloc(5378, 'x').toString('base64'),
      '--r--',
      '',
    ].join('\r\n');
    const wanted = { ...Object(withoutState(readReportShape())), sizeEstimate: raw.length };
    assert.deepEqual(differences(wanted, withoutState(await emulated(t, Buffer.from(raw))), noIdentities()), []);
  });

  test('has the values of headers unfolded and joined as Google does it', async (t) => {
    for (const { raw, gmail } of readHeaderShapes()) {
      const message = Object(await emulated(t, Buffer.from(`${raw}\r\nSubject: x\r\n\r\nx`)));
      assert.equal(message.payload.headers[0].value, gmail);
    }
  });
});

suite('a message in Google’s JSON is read by the live account', () => {
  for (const charset of charsets) {
    test(`in its words, whatever charset it says: ${charset}`, async (t) => {
      const { raw, expectedText } = readShape(`charset-${charset}`);
      const { emulator, open } = await gmailOnEmulator(t);
      const { id } = await emulator.deliver(undefined, raw);
      const { content, summary } = await open().getMessage(id);
      assert.equal(content.text?.trim(), expectedText);
      assert.equal(summary.snippet, expectedText);
      // What comes as a file keeps its charset.
      const named = raw.toString('latin1').replace('text/plain;', 'text/plain; name="a.txt";').replace('<1@', '<2@');
      const other = await emulator.deliver(undefined, Buffer.from(named, 'latin1'));
      const { text } = await parseMime(Buffer.from(named, 'latin1'));
      assert.equal((await open().getMessage(other.id)).content.text?.trim(), text?.trim());
    });
  }

  test('with the text and the file of a message that is attached without a name', async (t) => {
    const { emulator, open } = await gmailOnEmulator(t);
    const { id } = await emulator.deliver(undefined, readShape('message-rfc822-without-a-name').raw);
    const { content } = await open().getMessage(id);
    assert.match(content.text ?? '', /see below[^]*signed text/);
    assert.deepEqual(
      content.attachments.map(({ filename, sizeBytes }) => [filename, sizeBytes]),
      [['signature.asc', 61]],
    );
  });

  test('with a type that is written in quotes, or wrongly, and never with a mark of ours', async (t) => {
    const { emulator, open } = await gmailOnEmulator(t);
    const mailbox = open();
    const types = [
      '"text/plain"',
      '"text/html"; charset="utf-8"',
      'text/plain charset=utf-8',
      'text',
      'text/x-unknown',
      '',
    ];
    for (const [index, type] of types.entries()) {
      const raw = Buffer.from(
        `From: a@example.com\r\nSubject: ${index}\r\nContent-Type: ${type}\r\n\r\nThe lift is out\r\n`,
      );
      const own = await parseMime(raw);
      const { content } = await mailbox.getMessage((await emulator.deliver(undefined, raw)).id);
      assert.doesNotMatch(JSON.stringify(content), /[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-/, type);
      if (own.attachments.length === 0) {
        assert.deepEqual([content.text?.trim(), content.html?.trim()], [own.text?.trim(), own.html?.trim()], type);
      }
      if (type.startsWith('"')) assert.equal((content.text ?? content.html)?.trim(), 'The lift is out', type);
    }
  });
});
