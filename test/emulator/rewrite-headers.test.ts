import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { rewriteDraft, rewriteOnSend, rewriteSent } from '../../src/emulator/methods/rewrite-headers.ts';

const nowMs = Date.UTC(2026, 5, 15, 12);
const received =
  'Received: from 717000000000 named unknown by gmailapi.google.com with\r\n HTTPREST; Mon, 15 Jun 2026 05:00:00 -0700\r\n';
const taking = { emailAddress: 'me@x.org', ownAddresses: new Set(['me@x.org', 'team@x.org']), nowMs };

/** A rewritten message with its new id made comparable. */
function shown(raw: Uint8Array): string {
  return Buffer.from(raw)
    .toString('latin1')
    .replace(/<CA[\w-]{48}@mail\.gmail\.com>/, '<new>');
}

const sent = (raw: string): string => shown(rewriteSent(Buffer.from(raw, 'latin1'), taking));
const drafted = (raw: string): string => shown(rewriteDraft(Buffer.from(raw, 'latin1'), taking));

suite('mail that comes through the API', () => {
  test('gets another Message-ID in the place of its own, and Received headers on top', () => {
    const rest = 'Date: Mon, 1 Jun 2026 10:00:00 +0000\r\n\r\nbody <mine@x>\r\n\xe9';
    const raw = `From: me@x.org\r\nSubject: a\r\nMessage-Id:\r\n <mine@x>\r\n${rest}`;
    const header = 'From: me@x.org\r\nSubject: a\r\nMessage-ID: <new>\r\n';
    assert.equal(sent(raw), `${received}${received}${header}${rest}`);
    assert.equal(drafted(raw), `${received}${header}${rest}`);
  });

  test('gets a Date and a Message-Id at the end where it has none, and keeps one Message-ID of several', () => {
    const date = 'Date: Mon, 15 Jun 2026 05:00:00 -0700\r\n';
    const from = 'From: me@x.org\r\n';
    assert.equal(
      sent(`${from}To: a@x\r\n\r\nb`),
      `${received}${received}${from}To: a@x\r\n${date}Message-Id: <new>\r\n\r\nb`,
    );
    assert.equal(
      drafted(`${from}Message-ID: <1@x>\r\nTo: a@x\r\nMESSAGE-ID: <2@x>\r\n\r\nb`),
      `${received}${from}Message-ID: <new>\r\nTo: a@x\r\n${date}\r\nb`,
    );
    assert.equal(drafted(''), `${received}${from}${date}Message-Id: <new>\r\n\r\n`);
  });

  test('is from the own address, where its From stands, unless that is one that may be sent as', () => {
    const from = (value: string): string | undefined =>
      /^From: .*$/m.exec(drafted(`To: a@x\r\nFrom: ${value}\r\nFrom: second@x\r\n\r\nb`))?.[0];
    for (const value of ['me', 'you@x.org', 'me@x.org, you@x.org', '']) assert.equal(from(value), 'From: me@x.org');
    assert.equal(from('Team <TEAM@x.org>'), 'From: Team <TEAM@x.org>');
    assert.match(drafted('To: a@x\r\nFrom: you@x.org\r\nSubject: s\r\n\r\nb'), /To: a@x\r\nFrom: me@x\.org\r\nSubject/);
  });

  test('keeps its kind of line break', () => {
    assert.equal(
      drafted('From: me@x.org\nDate: x\nMessage-ID: <1@x>\n\nb\n'),
      `${received.replaceAll('\r\n', '\n')}From: me@x.org\nDate: x\nMessage-ID: <new>\n\nb\n`,
    );
  });

  test('has the time of California, in winter, too', () => {
    const winter = rewriteDraft(Buffer.from('\r\nx'), { ...taking, nowMs: Date.UTC(2026, 11, 5, 3) });
    assert.match(Buffer.from(winter).toString(), /Date: Fri, 4 Dec 2026 19:00:00 -0800\r\n/);
  });

  test('has two Received headers when it leaves, also as a draft that has one', () => {
    const draft = rewriteDraft(Buffer.from('From: me@x.org\r\n\r\nb'), taking);
    const left = rewriteOnSend(draft, nowMs);
    const count = (raw: Uint8Array): number => Buffer.from(raw).toString().split('Received: ').length - 1;
    assert.deepEqual([count(draft), count(left), count(rewriteOnSend(left, nowMs))], [1, 2, 2]);
    assert.notDeepEqual(rewriteOnSend(draft, nowMs), left, 'no id is given twice');
    assert.equal(count(rewriteOnSend(Buffer.from('To: a@x\r\n\r\nb'), nowMs)), 2);
  });
});
