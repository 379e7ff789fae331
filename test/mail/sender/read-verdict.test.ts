import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readVerdict, type Verdict } from '../../../src/mail/sender/read-verdict.ts';

const received = (by: string): readonly [string, string] => [
  'received',
  `from mail.shop.example (mail.shop.example [192.0.2.1]) by ${by} with ESMTPS id x for <me@example.org>; Mon, 23 Nov 2026 10:00:00 +0000`,
];
const result = (text: string): readonly [string, string] => ['authentication-results', text];
const google = received('2002:a05:6a10:1234:b0:5a1:2b3c');
const border = received('mx.google.com');

const cases: readonly (readonly [
  what: string,
  headers: readonly (readonly [string, string])[],
  isGmail: boolean,
  verdict: Verdict | undefined,
])[] = [
  ['a message without results', [google, border], true, undefined],
  [
    'what Gmail writes, with comments and properties',
    [
      ['delivered-to', 'me@gmail.com'],
      google,
      ['arc-authentication-results', 'i=1; mx.google.com; dmarc=fail'],
      border,
      result(
        'mx.google.com; dkim=pass header.i=@shop.example header.s=s1 header.b=abc; spf=pass (google.com: domain of a@shop.example designates 192.0.2.1 as permitted sender; dmarc=fail) smtp.mailfrom=a@shop.example; dmarc=pass (p=REJECT sp=NONE dis=NONE) header.from=shop.example',
      ),
    ],
    true,
    { spf: 'pass', dkim: 'pass', dmarc: 'pass' },
  ],
  [
    'what Gmail writes, in mail that came out of Gmail',
    [google, border, result('mx.google.com; dmarc=fail')],
    false,
    { dmarc: 'fail' },
  ],
  [
    'results that the sender wrote below those of Gmail',
    [
      google,
      border,
      result('mx.google.com; dmarc=fail'),
      received('evil.example'),
      result('mx.google.com; dmarc=pass'),
    ],
    true,
    { dmarc: 'fail' },
  ],
  [
    'results in the name of Gmail that came through another server',
    [received('mx.corp.example'), result('mx.google.com; dmarc=pass')],
    false,
    undefined,
  ],
  [
    'results in the name of Gmail below another server, on Gmail itself',
    [google, received('evil.example'), result('mx.google.com; dmarc=pass')],
    true,
    undefined,
  ],
  ['results in the name of Gmail where no server is named', [result('mx.google.com; dmarc=pass')], false, undefined],
  ['results of another server on Gmail', [result('mx.evil.example; dmarc=pass'), google], true, undefined],
  [
    'results of the server that received it, on top',
    [result('mx.corp.example 1; dkim=fail (bad key); dkim=pass; spf=softfail'), received('mx.corp.example')],
    false,
    { dkim: 'pass', spf: 'softfail' },
  ],
  [
    'results below the receiving server, where a sender can write',
    [received('mx.corp.example'), result('mx.corp.example; dmarc=pass')],
    false,
    undefined,
  ],
  [
    'results of a server that nothing came through',
    [result('mx.evil.example; dmarc=pass'), received('mx.corp.example')],
    false,
    undefined,
  ],
  ['results that are none', [result('mx.corp.example; none'), received('mx.corp.example')], false, {}],
  ['words that are no result', [result('mx.corp.example; dmarc=excellent'), received('mx.corp.example')], false, {}],
];

for (const [what, headers, isGmail, verdict] of cases) {
  test(`${what} come${what.startsWith('a ') ? 's' : ''} to ${JSON.stringify(verdict)}`, () => {
    const fields = headers.map(([name, value]) => ({ name, value }));
    assert.deepEqual(readVerdict(fields, isGmail), verdict);
  });
}
