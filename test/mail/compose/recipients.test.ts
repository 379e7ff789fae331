import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRecipients } from '../../../src/mail/compose/parse-recipients.ts';
import { receivingAddress, replyRecipients } from '../../../src/mail/compose/reply-recipients.ts';
import { parseMime } from '../../../src/mail/mime/parse-mime.ts';
import type { Address, ParsedMail } from '../../../src/mail/message.ts';

const shown = (addresses: readonly Address[]): string[] =>
  addresses.map(({ name, address }) => (name === '' ? address : `${name} <${address}>`));

test('recipients are read in every form in which people write them', () => {
  const cases: readonly (readonly [input: string | readonly string[], expected: readonly string[]])[] = [
    ['a@example.org', ['a@example.org']],
    [' a@EXAMPLE.org , ', ['a@example.org']],
    ['<a@example.org>', ['a@example.org']],
    ['Ann <a@example.org>', ['Ann <a@example.org>']],
    ['Ann<a@example.org>', ['Ann <a@example.org>']],
    ['"Lee, Ann" <a@example.org>, b@example.org', ['Lee, Ann <a@example.org>', 'b@example.org']],
    [String.raw`"Ann \"A\" Lee" <a@example.org>`, ['Ann "A" Lee <a@example.org>']],
    ['"Ann" Lee <a@example.org>', ['Ann Lee <a@example.org>']],
    ['J. R. Smith  (Sales) <j@example.org>', ['J. R. Smith (Sales) <j@example.org>']],
    ['Jörg <joerg@müller.example>', ['Jörg <joerg@xn--mller-kva.example>']],
    ['用户@例子.广告', ['用户@例子.广告']],
    ['"a b"@example.org', ['"a b"@example.org']],
    [
      ['a@example.org', 'b@example.org, C <c@example.org>'],
      ['a@example.org', 'b@example.org', 'C <c@example.org>'],
    ],
    [['a@example.org', 'Ann <A@example.org>'], ['a@example.org']],
    ['root@localhost', ['root@localhost']],
    ['', []],
    [[], []],
  ];
  for (const [input, expected] of cases) assert.deepEqual(shown(parseRecipients(input, 'to')), expected, String(input));
});

test('what is no recipient is refused, with the entry', () => {
  const cases: readonly (readonly [input: string | readonly string[], field: string])[] = [
    ['ann', 'to'],
    ['Ann', 'to'],
    ['a@', 'to'],
    ['@example.org', 'to'],
    ['a b@example.org', 'to'],
    ['a@exa mple.org', 'to'],
    ['a@example..org', 'to'],
    ['a@-example.org', 'to'],
    ['.a@example.org', 'to'],
    ['a..b@example.org', 'to'],
    ['a@1.2.3.4', 'to'],
    ['a@[1.2.3.4]', 'to'],
    ['a@example.org/path', 'to'],
    ['a@example.org#x', 'to'],
    ['a\u200b@example.org', 'to'],
    ['a@exam\u200bple.org', 'to'],
    ['a@example.org b@example.org', 'to'],
    ['Ann <a@example.org> b@example.org', 'to'],
    ['<a@example.org> <b@example.org>', 'to'],
    ['Ann <a@example.org', 'to'],
    ['"Ann <a@example.org>', 'to'],
    ['Team: a@example.org, b@example.org;', 'to'],
    ['a@example.org; b@example.org', 'to'],
    ['undisclosed-recipients:;', 'to'],
    [['a@example.org', 'Lee, Ann <b@example.org>'], 'to[1]'],
    ['a@example.org\r\nBcc: x@example.org', 'to'],
    [`${'a'.repeat(65)}@example.org`, 'to'],
    [`a@${'b'.repeat(64)}.org`, 'to'],
    [`a@${'b.'.repeat(130)}org`, 'to'],
    ['Me <>', 'to'],
    ['null', 'to'],
    ['=?utf-8?Q?a?=@example.org', 'to'],
  ];
  for (const [input, field] of cases) {
    assert.throws(
      () => parseRecipients(input, 'to'),
      (error: { code?: unknown; details?: { field?: unknown } }) =>
        error.code === 'INVALID_INPUT' && error.details?.field === field,
      String(input),
    );
  }
  assert.throws(() => parseRecipients(['a@example.org', 'Bob'], 'cc'), {
    message: 'cc[1]: "Bob" is no address.',
    details: { field: 'cc[1]', expected: 'name@example.org or Name <name@example.org>', got: 'Bob' },
  });
});

function original(...headers: readonly string[]): Promise<ParsedMail> {
  return parseMime(Buffer.from(`${headers.join('\r\n')}\r\n\r\nHello\r\n`));
}

const own = ['me.name@gmail.com', 'sales@firm.example'];

interface ReplyCase {
  readonly name: string;
  readonly headers: readonly string[];
  readonly one: readonly string[];
  readonly allTo?: readonly string[];
  readonly allCc?: readonly string[];
}

const replyCases: readonly ReplyCase[] = [
  {
    name: 'goes to From',
    headers: ['From: Ann <ann@example.org>', 'To: me.name@gmail.com'],
    one: ['Ann <ann@example.org>'],
  },
  {
    name: 'goes to Reply-To instead',
    headers: ['From: robot@example.org', 'Reply-To: Ann <ann@example.org>, desk@example.org', 'To: me.name@gmail.com'],
    one: ['Ann <ann@example.org>', 'desk@example.org'],
  },
  {
    name: 'to all keeps To and Cc without own addresses and anybody twice',
    headers: [
      'From: ann@example.org',
      'To: "Me" <MeName+list@gmail.com>, Bob <bob@example.org>, ann@example.org',
      'Cc: m.e.n.a.m.e@googlemail.com, sales@FIRM.example, BOB@example.org, carl@example.org',
    ],
    one: ['ann@example.org'],
    allTo: ['ann@example.org', 'Bob <bob@example.org>'],
    allCc: ['carl@example.org'],
  },
  {
    name: 'keeps an address that is only like an own one',
    headers: [
      'From: ann@example.org',
      'To: sales+x@firm.example, me.name@example.org, s.ales@firm.example, me.name@gmail.com',
    ],
    one: ['ann@example.org'],
    allTo: ['ann@example.org', 'sales+x@firm.example', 'me.name@example.org', 's.ales@firm.example'],
    allCc: [],
  },
  {
    name: 'to an own message goes to its recipients',
    headers: [
      'From: me.name+tag@gmail.com',
      'To: Ann <ann@example.org>',
      'Cc: bob@example.org',
      'Bcc: secret@example.org',
    ],
    one: ['Ann <ann@example.org>'],
    allTo: ['Ann <ann@example.org>'],
    allCc: ['bob@example.org'],
  },
  {
    name: 'to a note to oneself goes to oneself',
    headers: ['From: me.name@gmail.com', 'To: me.name@gmail.com'],
    one: ['me.name@gmail.com'],
  },
  {
    name: 'to a form on one’s own site goes to who filled it in',
    headers: ['From: sales@firm.example', 'Reply-To: Visitor <v@example.org>', 'To: sales@firm.example'],
    one: ['Visitor <v@example.org>'],
    allTo: ['Visitor <v@example.org>'],
    allCc: [],
  },
  {
    name: 'to a note to oneself with a copy goes to oneself, to all to who got the copy',
    headers: ['From: me.name@gmail.com', 'To: me.name@gmail.com', 'Cc: bob@example.org'],
    one: ['me.name@gmail.com'],
    allTo: [],
    allCc: ['bob@example.org'],
  },
  {
    name: 'to a list with its Reply-To goes to the author, to all also to the list',
    headers: [
      'From: Ann <ann@example.org>',
      'Reply-To: Talk <talk@lists.example.org>',
      'To: talk@lists.example.org',
      'List-Post: <mailto:talk@lists.example.org>',
    ],
    one: ['Ann <ann@example.org>'],
    allTo: ['Ann <ann@example.org>', 'Talk <talk@lists.example.org>'],
    allCc: [],
  },
  {
    name: 'to a list that has put itself into From goes to the author in Reply-To',
    headers: [
      'From: Ann via Talk <talk@lists.example.org>',
      'Reply-To: Ann <ann@example.org>, talk@lists.example.org',
      'To: talk@lists.example.org',
      'List-Post: <mailto:talk@lists.example.org>',
    ],
    one: ['Ann <ann@example.org>'],
    allTo: ['Ann <ann@example.org>', 'talk@lists.example.org'],
    allCc: [],
  },
  {
    name: 'goes to the list where nobody else is named',
    headers: [
      'From: Ann via Talk <talk@lists.example.org>',
      'To: talk@lists.example.org',
      'List-Post: <mailto:talk%40lists.example.org>',
    ],
    one: ['Ann via Talk <talk@lists.example.org>'],
  },
  {
    name: 'leaves out what is no address',
    headers: [
      'From: ann@example.org',
      'To: undisclosed-recipients:;, me.name@gmail.com',
      'Cc: "a b" <broken>, bob@example.org',
    ],
    one: ['ann@example.org'],
    allTo: ['ann@example.org'],
    allCc: ['bob@example.org'],
  },
  { name: 'to a message of nobody goes to nobody', headers: ['Subject: x'], one: [] },
];

for (const { name, headers, one, allTo, allCc } of replyCases) {
  test(`an answer ${name}`, async () => {
    const mail = await original(...headers);
    const single = replyRecipients(mail, { all: false, ownAddresses: own });
    assert.deepEqual(shown(single.to), one);
    assert.deepEqual(single.cc, []);
    if (allTo === undefined) return;
    const all = replyRecipients(mail, { all: true, ownAddresses: own });
    assert.deepEqual(shown(all.to), allTo);
    assert.deepEqual(shown(all.cc), allCc);
  });
}

test('an answer says what is unusual about its recipients', async () => {
  const list = await original(
    'From: ann@example.org',
    'Reply-To: l@example.org',
    'To: l@example.org',
    'List-Post: <mailto:l@example.org>',
  );
  assert.deepEqual(replyRecipients(list, { all: false, ownAddresses: own }).warnings, [
    'The answer goes to the author alone; the mailing list l@example.org asks for answers to itself: answer to all for that.',
  ]);
  const redirected = await original('From: boss@firm.example', 'Reply-To: boss@evil.example', 'To: me.name@gmail.com');
  assert.deepEqual(replyRecipients(redirected, { all: false, ownAddresses: own }).warnings, [
    'The message asks for answers to boss@evil.example, which is not its sender boss@firm.example.',
  ]);
  const blind = await original('From: ann@example.org', 'To: bob@example.org');
  assert.deepEqual(replyRecipients(blind, { all: true, ownAddresses: own }).warnings, [
    'You are not among the recipients named: an answer to all shows them that you got a copy.',
  ]);
  const broken = await original('From: ann@example.org', 'To: Ann Lee <broken>, me.name@gmail.com');
  assert.deepEqual(replyRecipients(broken, { all: true, ownAddresses: own }).warnings, [
    'Left out, as it is no address: Ann Lee <broken>',
  ]);
});

test('the address that a message came to is found among the own ones', async () => {
  const found = async (...headers: readonly string[]) => receivingAddress(await original(...headers), own);
  assert.equal(await found('To: Sales <SALES@firm.example>'), 'sales@firm.example');
  assert.equal(await found('To: list@example.org', 'Delivered-To: mename+x@gmail.com'), 'me.name@gmail.com');
  assert.equal(await found('From: sales@firm.example', 'To: ann@example.org'), 'sales@firm.example');
  assert.equal(await found('To: ann@example.org'), undefined);
});
