import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { rewriteOnSend } from '../../src/emulator/methods/rewrite-on-send.ts';

const nowMs = Date.UTC(2026, 5, 15, 12);
const received =
  'Received: from 717000000000 named unknown by gmailapi.google.com with\r\n HTTPREST; Mon, 15 Jun 2026 04:00:00 -0800\r\n';

/** The rewritten message with its new id made comparable. */
function rewritten(raw: string): string {
  const text = Buffer.from(rewriteOnSend(Buffer.from(raw, 'latin1'), nowMs)).toString('latin1');
  return text.replace(/<CA[\w-]{48}@mail\.gmail\.com>/, '<new>');
}

suite('mail that is sent through the API', () => {
  test('gets another Message-ID in the place of its own, and a Received header on top', () => {
    const raw =
      'Subject: a\r\nMessage-Id:\r\n <mine@x>\r\nDate: Mon, 1 Jun 2026 10:00:00 +0000\r\n\r\nbody <mine@x>\r\n\xe9';
    assert.equal(
      rewritten(raw),
      `${received}Subject: a\r\nMessage-ID: <new>\r\nDate: Mon, 1 Jun 2026 10:00:00 +0000\r\n\r\nbody <mine@x>\r\n\xe9`,
    );
  });

  test('gets a Date and a Message-ID where it has none, and keeps one Message-ID of several', () => {
    const date = 'Date: Mon, 15 Jun 2026 04:00:00 -0800\r\n';
    assert.equal(rewritten('To: a@x\r\n\r\nb'), `${received}${date}Message-ID: <new>\r\nTo: a@x\r\n\r\nb`);
    assert.equal(
      rewritten('Message-ID: <1@x>\r\nTo: a@x\r\nMESSAGE-ID: <2@x>\r\n\r\nb'),
      `${received}${date}Message-ID: <new>\r\nTo: a@x\r\n\r\nb`,
    );
  });

  test('keeps its kind of line break', () => {
    assert.equal(
      rewritten('Date: x\nMessage-ID: <1@x>\n\nb\n'),
      `${received.replaceAll('\r\n', '\n')}Date: x\nMessage-ID: <new>\n\nb\n`,
    );
  });

  test('is never given the same id twice', () => {
    const raw = Buffer.from('To: a@x\r\n\r\nb');
    assert.notDeepEqual(rewriteOnSend(raw, nowMs), rewriteOnSend(raw, nowMs));
  });
});
