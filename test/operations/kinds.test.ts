import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestHome, type TestHome } from './test-home.ts';

/** Files a message that is written out here, and returns its id. */
async function file({ mailbox }: TestHome, lines: readonly string[]): Promise<string> {
  const { id } = await mailbox.importMessage({ raw: Buffer.from(lines.join('\r\n')), labelIds: ['INBOX'] });
  return id;
}

const head = (type: string): readonly string[] => [
  'From: Ann Lee <ann@example.org>',
  'To: bob@example.org',
  'Subject: Something',
  'Date: Mon, 02 Nov 2026 09:15:00 +0000',
  'MIME-Version: 1.0',
  `Content-Type: ${type}`,
  '',
];

const calendar = (method: string, event: readonly string[], zone: readonly string[] = []): readonly string[] => [
  'BEGIN:VCALENDAR',
  'VERSION:2.0',
  `METHOD:${method}`,
  ...zone,
  'BEGIN:VEVENT',
  'UID:1@example.org',
  ...event,
  'END:VEVENT',
  'END:VCALENDAR',
];

/** As Outlook describes the zone of Berlin, under a name of its own. */
const windowsZone = [
  'BEGIN:VTIMEZONE',
  'TZID:W. Europe Standard Time',
  'BEGIN:STANDARD',
  'DTSTART:16010101T030000',
  'TZOFFSETFROM:+0200',
  'TZOFFSETTO:+0100',
  'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10',
  'END:STANDARD',
  'BEGIN:DAYLIGHT',
  'DTSTART:16010101T020000',
  'TZOFFSETFROM:+0100',
  'TZOFFSETTO:+0200',
  'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3',
  'END:DAYLIGHT',
  'END:VTIMEZONE',
];

/** An S/MIME message of the text `Signed words` and nobody's signature, in lines of base64. */
function signedOnly(isStreamed: boolean): readonly string[] {
  const element = (tag: number, ...content: readonly Buffer[]): Buffer => {
    const inner = Buffer.concat(content);
    return isStreamed && tag >= 0x24
      ? Buffer.concat([Buffer.from([tag, 0x80]), inner, Buffer.alloc(2)])
      : Buffer.concat([Buffer.from([tag, inner.length]), inner]);
  };
  const oid = (hex: string): Buffer => element(0x06, Buffer.from(hex, 'hex'));
  const text = ['Content-Type: text/plain\r\n\r\nSigned', ' words'].map((words) => Buffer.from(words));
  const octets = isStreamed
    ? element(0x24, ...text.map((words) => element(0x04, words)))
    : element(0x04, Buffer.concat(text));
  const inner = element(0x30, oid('2a864886f70d010701'), element(0xa0, octets));
  const signed = element(0x30, element(0x02, Buffer.from([1])), element(0x31), inner, element(0x31));
  const cms = element(0x30, oid('2a864886f70d010702'), element(0xa0, signed));
  return ['Content-Transfer-Encoding: base64', '', cms.toString('base64')];
}

/** What a model reads: lines outside of the fence above it, and those inside. */
async function read(home: TestHome, lines: readonly string[]): Promise<{ facts: readonly string[]; inside: string }> {
  await home.deliver([{ from: 'Ann Lee <ann@example.org>', subject: 'No first contact any more' }]);
  const id = await file(home, lines);
  const text = await home.text('read_message', { id });
  const [above = '', inside = ''] = text.split('\n[kvd719] untrusted mail\n');
  return { facts: above.split('\n').slice(1), inside: inside.slice(0, inside.indexOf('\n[kvd719] end')) };
}

/** Its clock changes each second since 1601. */
const endlessZone = windowsZone.map((line) => line.replace(/^RRULE:.*BYMONTH=10$/, 'RRULE:FREQ=SECONDLY'));

const events: readonly (readonly [what: string, lines: readonly string[], fact: string, words: RegExp])[] = [
  [
    'an invitation whose zone changes without end',
    calendar('REQUEST', ['DTSTART:20261204T150000Z', 'SUMMARY:Budget', 'DURATION:P99999999999W'], endlessZone),
    'Invitation, 2026-12-04 15:00 +0000.',
    /^Event: Budget$/m,
  ],
  [
    'an invitation in the zone of its sender, and repeated',
    calendar('REQUEST', [
      'DTSTART;TZID=Europe/Vienna:20261204T150000',
      'DTEND;TZID=Europe/Vienna:20261204T160000',
      'SUMMARY:Budget\\, once more',
      'LOCATION:Room 5',
      'ORGANIZER;CN=Bob Ray:mailto:bob@corp.example',
      'ATTENDEE;CN=Me;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:bob@example.org',
      'ATTENDEE;PARTSTAT=ACCEPTED:mailto:cleo@example.net',
      'RRULE:FREQ=WEEKLY;COUNT=4',
      'DESCRIPTION:Agenda:\\n1. Numbers',
    ]),
    'Invitation, an answer is wanted, 2026-12-04 14:00 to 15:00 +0000, as sent 2026-12-04 15:00 Europe/Vienna, weekly 4 times.',
    /\nEvent: Budget, once more\nWhere: Room 5\nOrganizer: Bob Ray <bob@corp\.example>\nAttendees: Me <bob@example\.org>, cleo@example\.net \(accepted\)\n\nAgenda:\n1\. Numbers$/,
  ],
  [
    'an update in a zone that only its file knows, in summer time',
    calendar(
      'REQUEST',
      ['DTSTART;TZID="W. Europe Standard Time":20260704T150000', 'SUMMARY:Picnic', 'SEQUENCE:2'],
      windowsZone,
    ),
    'Invitation, update 2, 2026-07-04 13:00 +0000, as sent 2026-07-04 15:00.',
    /\nEvent: Picnic$/,
  ],
  [
    'a cancellation of whole days',
    calendar('CANCEL', ['DTSTART;VALUE=DATE:20261224', 'DTEND;VALUE=DATE:20261227', 'SUMMARY:Holidays']),
    'Cancelled event, 2026-12-24 to 2026-12-26.',
    /\nEvent: Holidays$/,
  ],
  [
    'an answer to an invitation',
    calendar('REPLY', [
      'DTSTART:20261204T140000Z',
      'SUMMARY:Budget',
      'ATTENDEE;PARTSTAT=DECLINED:mailto:cleo@example.net',
    ]),
    'Answer to an invitation, 2026-12-04 14:00 +0000.',
    /\nEvent: Budget\nAttendees: cleo@example\.net \(declined\)$/,
  ],
  [
    'an event without a zone, which is on the clock of its place',
    calendar('REQUEST', ['DTSTART:20261204T140000', 'RRULE:FREQ=MONTHLY;INTERVAL=2;UNTIL=20270601T000000Z']),
    'Invitation, 2026-12-04 14:00, on the clock of the place, every 2 months until 2027-06-01.',
    /\nEvent: \(no name\)$/,
  ],
];

for (const [what, lines, fact, words] of events) {
  test(`${what} is told as facts`, async (t) => {
    const home = openTestHome(t);
    const { facts, inside } = await read(home, [...head('text/calendar; method=REQUEST; charset=utf-8'), ...lines]);
    assert.deepEqual(facts, [fact]);
    assert.match(inside, words);
    assert.doesNotMatch(inside, /BEGIN:|DTSTART/);
  });
}

test('a file that only claims to be a calendar is a file', async (t) => {
  const home = openTestHome(t);
  const { facts } = await read(home, [...head('text/calendar'), 'BEGIN:VCALENDAR', 'nonsense']);
  assert.deepEqual(facts, ['No text: nothing but an attached file.']);
});

const report = (
  type: string,
  part: string,
  fields: readonly string[],
  rest: readonly string[] = [],
): readonly string[] => [
  ...head(`multipart/report; report-type=${type}; boundary=edge`),
  '--edge',
  'Content-Type: text/plain',
  '',
  'I am sorry.',
  '--edge',
  `Content-Type: message/${part}`,
  '',
  ...fields,
  '',
  ...rest,
  '--edge--',
  '',
];

test('a bounce says who did not get which message, and why', async (t) => {
  const home = openTestHome(t);
  const sent = await home.json('send_message', { to: 'nobody@gone.example', subject: 'My offer', body: 'Hello' });
  const { messageId } = await home.json('read_message', { id: sent.id });
  const { facts, inside } = await read(
    home,
    report(
      'delivery-status',
      'delivery-status',
      [
        'Reporting-MTA: dns; mx.example',
        '',
        'Final-Recipient: rfc822; nobody@gone.example',
        'Action: failed',
        'Status: 5.1.1',
        'Diagnostic-Code: smtp; 550 5.1.1 <nobody@gone.example>',
        ' User unknown',
      ],
      [
        '--edge',
        'Content-Type: text/rfc822-headers',
        '',
        `Message-ID: <${String(messageId)}>`,
        'Subject: My offer',
        '',
      ],
    ),
  );
  assert.deepEqual(facts, [`Not delivered, status 5.1.1. About message ${String(sent.id)}.`]);
  assert.match(inside, /\nRecipient: nobody@gone\.example: 550 5\.1\.1 <nobody@gone\.example> User unknown\n/);
  assert.match(inside, /\nOriginal subject: My offer\nOriginal message: <[^>]+>\n\nI am sorry\.$/);
});

test('a bounce of many recipients is counted', async (t) => {
  const home = openTestHome(t);
  const groups = Array.from({ length: 30 }, (_, index) => [
    `Final-Recipient: rfc822; p${index}@example.net`,
    `Action: ${index < 20 ? 'failed' : 'delayed'}`,
    '',
  ]).flat();
  const { facts, inside } = await read(
    home,
    report('delivery-status', 'delivery-status', ['Reporting-MTA: dns; x', '', ...groups]),
  );
  assert.deepEqual(facts, ['Not delivered (20 recipients); Delivery delayed (10 recipients).']);
  assert.equal(inside.match(/^Recipient: /gm)?.length, 10);
});

test('a read receipt says of which message, and that it says no more than that it was shown', async (t) => {
  const home = openTestHome(t);
  const { facts, inside } = await read(
    home,
    report('disposition-notification', 'disposition-notification', [
      'Final-Recipient: rfc822; bob@corp.example',
      'Original-Message-ID: <my-offer@example.org>',
      'Disposition: manual-action/MDN-sent-manually; displayed',
    ]),
  );
  assert.deepEqual(facts, ['Read receipt: the message was shown.']);
  assert.match(inside, /\nReceipt of: bob@corp\.example\nOriginal message: <my-offer@example\.org>\n/);
});

const block = (name: string, line: string): readonly string[] => [
  `-----BEGIN PGP ${name}-----`,
  '',
  ...Array.from({ length: 20 }, () => line),
  `-----END PGP ${name}-----`,
];

const sealed: readonly (readonly [what: string, lines: readonly string[], fact: string, text: string])[] = [
  [
    'an OpenPGP message in its text',
    [...head('text/plain'), 'Hello,', ...block('MESSAGE', 'hQEMA0'), 'Bye'],
    'Encrypted (OpenPGP): its text cannot be read here.',
    'Hello,\n[encrypted OpenPGP message, 172 characters]\nBye',
  ],
  [
    'a text signed with OpenPGP',
    [
      ...head('text/plain'),
      '-----BEGIN PGP SIGNED MESSAGE-----',
      'Hash: SHA256',
      '',
      'It is me.',
      ...block('SIGNATURE', 'iQEzBA'),
    ],
    'Signed (OpenPGP); the signature was not checked.',
    'It is me.\n[OpenPGP signature, 176 characters]',
  ],
  [
    'an OpenPGP message by its structure',
    [
      ...head('multipart/encrypted; protocol="application/pgp-encrypted"; boundary=edge'),
      '--edge',
      'Content-Type: application/pgp-encrypted',
      '',
      'Version: 1',
      '--edge',
      'Content-Type: application/octet-stream',
      '',
      'x',
      '--edge--',
    ],
    'Encrypted (OpenPGP): its text cannot be read here.',
    '',
  ],
  [
    'an S/MIME message',
    [...head('application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m'), 'MIJz'],
    'Encrypted (S/MIME): its text cannot be read here.',
    '',
  ],
  [
    'an S/MIME message that is signed with its text inside',
    [...head('application/pkcs7-mime; smime-type=signed-data; name=smime.p7m').slice(0, -1), ...signedOnly(false)],
    'Signed (S/MIME); the signature was not checked.',
    'Signed words',
  ],
  [
    'the same in the form that OpenSSL streams, without a word of what it is',
    [...head('application/x-pkcs7-mime').slice(0, -1), ...signedOnly(true)],
    'Signed (S/MIME); the signature was not checked.',
    'Signed words',
  ],
  [
    'a bounce of qmail',
    [
      ...head('text/plain'),
      'Hi. This is the qmail-send program at mx.example.org.',
      "I'm afraid I wasn't able to deliver your message to the following addresses.",
      '',
      '<eve@example.net>:',
      '192.0.2.1 does not like recipient.',
      'Remote host said: 550 5.1.1 User unknown',
    ],
    'Not delivered, status 5.1.1.',
    [
      "Hi. This is the qmail-send program at mx.example.org.\nI'm afraid I wasn't able to deliver your message to the following addresses.",
      '<eve@example.net>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 5.1.1 User unknown',
    ].join('\n\n'),
  ],
  [
    'a bounce of Exim',
    [
      'X-Failed-Recipients: eve@example.net',
      ...head('text/plain'),
      '  eve@example.net',
      '    mailbox is full',
      '',
      '------ This is a copy of your message, including all the headers. ------',
      '',
      'Subject: Roof',
      '',
      'It leaks.',
    ],
    'Not delivered.',
    [
      '  eve@example.net\n    mailbox is full',
      '------ This is a copy of your message, including all the headers. ------',
      'Subject: Roof',
      'It leaks.',
    ].join('\n\n'),
  ],
  [
    'a message in parts',
    [...head('message/partial; id="x@y"; number=2; total=5'), 'the middle'],
    'Part 2 of 5 of a message sent in parts.',
    '',
  ],
  ['an empty message', head('text/plain'), 'No text: the message is empty.', ''],
  [
    'a message that is a picture',
    [
      ...head('multipart/mixed; boundary=edge'),
      '--edge',
      'Content-Type: image/png',
      'Content-Transfer-Encoding: base64',
      '',
      'iVBORw0KGgo=',
      '--edge--',
    ],
    'No text: nothing but a picture.',
    '',
  ],
  ['a message that is a file', head('application/pdf; name=scan.pdf'), 'No text: nothing but an attached file.', ''],
  [
    'HTML of hidden text and a picture',
    [...head('text/html'), '<img src="https://example.org/a.png">'],
    'Nothing visible but a picture.',
    '',
  ],
];

for (const [what, lines, fact, text] of sealed) {
  test(`${what} is told as what it is`, async (t) => {
    const { facts, inside } = await read(openTestHome(t), lines);
    assert.deepEqual(facts, [fact]);
    const [, body = ''] =
      inside.split('\n\n', 2).length > 1 ? [inside, inside.slice(inside.indexOf('\n\n') + 2)] : [inside];
    assert.equal(body, text);
  });
}

test('what a person would have to skip is left out of a text: keys and bytes, but no words', async (t) => {
  const bytes = Array.from({ length: 9 }, () => 'QUJD'.repeat(19));
  const body = [
    '-----BEGIN CERTIFICATE-----',
    ...bytes,
    '-----END CERTIFICATE-----',
    'Log:',
    ...bytes,
    'QQ==',
    'End.',
    '-----BEGIN OFFER-----',
    'Only today',
    '-----END OFFER-----',
    '-----BEGIN NOTE-----',
    'Remark: never closed',
  ];
  const { inside } = await read(openTestHome(t), [...head('text/plain'), ...body]);
  assert.deepEqual(inside.slice(inside.indexOf('\n\n') + 2).split('\n'), [
    '[certificate, 736 characters]',
    'Log:',
    '[base64, 688 characters]',
    'End.',
    '-----BEGIN OFFER-----',
    'Only today',
    '-----END OFFER-----',
    '-----BEGIN NOTE-----',
    'Remark: never closed',
  ]);
});

test('REST has the kinds of a message as fields', async (t) => {
  const home = openTestHome(t);
  const id = await file(home, [
    ...head('text/calendar'),
    ...calendar('REQUEST', ['DTSTART:20261204T140000Z', 'SUMMARY:Budget']),
  ]);
  const { kinds } = await home.json('read_message', { id });
  assert.deepEqual(kinds, [
    {
      kind: 'invitation',
      method: 'request',
      sequence: 0,
      isCancelled: false,
      summary: 'Budget',
      location: '',
      description: '',
      attendees: [],
      start: { local: '2026-12-04 14:00', isDay: false, instantMs: Date.UTC(2026, 11, 4, 14), zone: '' },
      repetition: '',
      otherEvents: 0,
    },
  ]);
});
