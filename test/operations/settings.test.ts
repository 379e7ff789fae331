import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertFault, nowMs, openTestHome, owner, sharedTestHome } from './test-home.ts';

const refusing = sharedTestHome();

type Json = Record<string, unknown>;

test('all settings come in one answer', async (t) => {
  const { json, text } = openTestHome(t);
  const settings = await json('get_settings', {});
  assert.deepEqual(Object.keys(settings), [
    'vacation',
    'sendAs',
    'autoForwarding',
    'forwardingAddresses',
    'delegates',
    'imap',
    'pop',
    'language',
    'unavailable',
  ]);
  assert.equal((settings.vacation as Json).enableAutoReply, false);
  const [primary] = settings.sendAs as Json[];
  assert.equal(primary?.sendAsEmail, owner);
  assert.equal(primary?.isPrimary, true);
  assert.deepEqual(settings.unavailable, []);
  const lines = (await text('get_settings', {})).split('\n');
  assert.equal(lines[1], 'Vacation: off');
  assert.match(lines[2] ?? '', /^Send as: bob@example\.org, .*primary, default, no signature$/);
  assert.ok(lines.includes('Auto-forwarding: off'));
  assert.ok(lines.includes('Delegates: none'));
});

const away = {
  enableAutoReply: true,
  responseSubject: 'Away',
  responseBodyPlainText: 'Back on the 7th.\nBob',
  startTime: '2026-12-24T12:00:00+01:00',
  endTime: '2027-01-07T08:00:00Z',
  restrictToContacts: true,
};

test('the automatic answer keeps what is not given, and its times are Gmail’s milliseconds', async (t) => {
  const { json, text } = openTestHome(t);
  const first = await json('update_vacation', away);
  const { before, ...after } = first;
  assert.equal((before as Json).enableAutoReply, false);
  assert.equal(after.startTime, String(Date.UTC(2026, 11, 24, 11)));
  assert.equal(after.endTime, String(Date.UTC(2027, 0, 7, 8)));
  assert.equal(after.responseBodyPlainText, away.responseBodyPlainText);
  const off = await json('update_vacation', { enableAutoReply: false });
  assert.deepEqual(off, { ...after, enableAutoReply: false, before: after });
  assert.equal(
    await text('update_vacation', { enableAutoReply: true, startTime: '' }),
    [
      'Changed.',
      '[kvd719] untrusted settings',
      'now: on, until 2027-01-07 08:00 (UTC), to contacts only, subject "Away":',
      '  Back on the 7th.',
      '  Bob',
      'before: off, from 2026-12-24 11:00 until 2027-01-07 08:00 (UTC), to contacts only, subject "Away":',
      '  Back on the 7th.',
      '  Bob',
      '[kvd719] end',
      'This local mailbox keeps the setting, but answers nobody.',
    ].join('\n'),
  );
});

test('a new text of the automatic answer takes the place of the old one, whichever form either has', async (t) => {
  const { json, text } = openTestHome(t);
  await json('update_vacation', away);
  const html = await json('update_vacation', { responseBodyHtml: '<p>Back <b>soon</b></p><p>Bob</p>' });
  assert.match(String(html.responseBodyHtml), /Back <b>soon<\/b>/);
  assert.notEqual(html.responseBodyPlainText, away.responseBodyPlainText);
  assert.match(await text('get_settings', {}), /^Vacation: on, .*written in HTML:\n {2}Back soon\n\n {2}Bob$/m);
  const plain = await json('update_vacation', { responseBodyPlainText: 'Back later' });
  assert.equal(plain.responseBodyPlainText, 'Back later');
  assert.doesNotMatch(JSON.stringify(plain.responseBodyHtml ?? ''), /soon/);
  const same = await json('update_vacation', { responseBodyHtml: '' });
  assert.equal(same.responseBodyPlainText, 'Back later', 'an empty text takes the place of nothing');
});

const refusedVacations: readonly (readonly [string, Json, string, Json])[] = [
  [
    'an answer that says nothing',
    { enableAutoReply: true },
    'The automatic answer would be empty.',
    { field: 'responseBodyPlainText', expected: 'a subject or a text', got: 'neither' },
  ],
  [
    'an end before the beginning',
    { startTime: '2026-12-24T12:00:00Z', endTime: '2026-12-23T12:00:00Z' },
    'The absence would end before it begins.',
    { field: 'endTime', expected: 'a time after 2026-12-24T12:00:00.000Z', got: '2026-12-23T12:00:00.000Z' },
  ],
  [
    'an end that is over',
    { enableAutoReply: true, responseSubject: 'Away', endTime: new Date(nowMs - 1000).toISOString() },
    'The absence is over already: nothing would be sent.',
    { field: 'endTime', expected: 'a time to come, or "" for no end', got: new Date(nowMs - 1000).toISOString() },
  ],
  [
    'a text in two forms',
    { responseBodyPlainText: 'a', responseBodyHtml: 'b' },
    'Give the text or the HTML: of both, Gmail would send the HTML only.',
    { field: 'responseBodyHtml', expected: 'responseBodyPlainText or responseBodyHtml', got: 'both' },
  ],
];
for (const [what, input, message, details] of refusedVacations) {
  test(`${what} is refused, and nothing changes`, async () => {
    const { json } = refusing();
    const { vacation } = await json('get_settings', {});
    await assert.rejects(json('update_vacation', input), { code: 'INVALID_INPUT', message, details });
    assert.deepEqual((await json('get_settings', {})).vacation, vacation);
  });
}

const faults: readonly (readonly [string, Json, string])[] = [
  [
    'update_vacation',
    { startTime: '24.12.2026' },
    'startTime: expected ISO 8601 with its zone, 2026-12-24T18:00:00+01:00, or "" for none, got "24.12.2026"',
  ],
  [
    'update_vacation',
    { startTime: '2026-12-24T18:00:00' },
    'startTime: expected ISO 8601 with its zone, 2026-12-24T18:00:00+01:00, or "" for none, got "2026-12-24T18:00:00"',
  ],
  [
    'update_vacation',
    { responseSubject: 'a\r\nBcc: x@example.org' },
    String.raw`responseSubject: expected one line, got "a\r\nBcc: x@example.org"`,
  ],
  ['update_imap', { maxFolderSize: 7 }, 'maxFolderSize: Invalid option: expected one of 0|1000|2000|5000|10000, got 7'],
  [
    'update_pop',
    { accessWindow: 'always' },
    'accessWindow: Invalid option: expected one of "disabled"|"fromNowOn"|"allMail", got "always"',
  ],
  [
    'update_language',
    { displayLanguage: 'English' },
    'displayLanguage: expected a language tag (BCP 47) such as en-GB, got "English"',
  ],
  [
    'update_send_as',
    { sendAsEmail: owner, isDefault: false },
    'isDefault: expected true: make another address the default, got false',
  ],
  [
    'update_send_as',
    { sendAsEmail: owner, replyToAddress: 'Ann' },
    'replyToAddress: expected an address, or "" for none, got "Ann"',
  ],
  ['create_delegate', { delegateEmail: 'Ann' }, 'delegateEmail: Invalid email address, got "Ann"'],
];
for (const [name, input, fault] of faults) {
  test(`${name} refuses ${JSON.stringify(input)}`, async () => {
    const { json } = refusing();
    await assertFault(json(name, input), fault);
  });
}

for (const [name, fields] of [
  [
    'update_vacation',
    'enableAutoReply, responseSubject, responseBodyPlainText, responseBodyHtml, restrictToContacts, restrictToDomain, startTime, endTime',
  ],
  ['update_imap', 'enabled, autoExpunge, expungeBehavior, maxFolderSize'],
  ['update_pop', 'accessWindow, disposition'],
  ['update_auto_forwarding', 'enabled, emailAddress, disposition'],
] as const) {
  test(`${name} with no field is refused`, async () => {
    const { json } = refusing();
    await assert.rejects(json(name, {}), {
      code: 'INVALID_INPUT',
      message: 'There is nothing to change.',
      details: { expected: `at least one of ${fields}`, got: 'nothing' },
    });
  });
}

test('IMAP, POP and language change in the fields that are given', async (t) => {
  const { json, text } = openTestHome(t);
  const imap = await json('update_imap', { enabled: true, expungeBehavior: 'trash', maxFolderSize: 2000 });
  assert.deepEqual([imap.enabled, imap.expungeBehavior, imap.maxFolderSize], [true, 'trash', 2000]);
  const later = await json('update_imap', { autoExpunge: false });
  assert.deepEqual([later.enabled, later.expungeBehavior, later.autoExpunge], [true, 'trash', false]);
  const { before: _, ...expected } = imap;
  assert.deepEqual(later.before, expected);
  assert.match(await text('update_imap', { enabled: false }), /\nnow: off, .*\nbefore: on, /);
  const pop = await json('update_pop', { accessWindow: 'fromNowOn', disposition: 'archive' });
  assert.deepEqual([pop.accessWindow, pop.disposition], ['fromNowOn', 'archive']);
  assert.match(await text('update_pop', { accessWindow: 'disabled' }), /\nnow: disabled\nbefore: fromNowOn, /);
  const language = await json('update_language', { displayLanguage: 'de' });
  assert.equal(language.displayLanguage, 'de');
  assert.match(await text('update_language', { displayLanguage: 'en-GB' }), /\nnow: en-GB\nbefore: de\n/);
});

test('a signature is HTML or plain text, and plain text stays what it says', async (t) => {
  const { json, text } = openTestHome(t);
  const plain = await json('update_send_as', {
    sendAsEmail: owner.toUpperCase(),
    displayName: 'Bob Ross',
    signaturePlainText: 'Bob <bob@example.org>\n"R&D"',
  });
  assert.equal(plain.sendAsEmail, owner);
  assert.equal(plain.displayName, 'Bob Ross');
  assert.equal(plain.signature, 'Bob &lt;bob@example.org&gt;<br>&quot;R&amp;D&quot;');
  assert.equal((plain.before as Json).signature, '');
  assert.equal(
    await text('update_send_as', { sendAsEmail: owner, signature: '<b>Bob</b>' }),
    [
      'Changed.',
      '[kvd719] untrusted settings',
      'now: bob@example.org, as Bob Ross, primary, default, signature:',
      '  Bob',
      'before: bob@example.org, as Bob Ross, primary, default, signature:',
      '  Bob <bob@example.org>',
      '  "R&D"',
      '[kvd719] end',
    ].join('\n'),
  );
  await assert.rejects(
    json('update_send_as', { sendAsEmail: owner, signature: '<b>Bob</b>', signaturePlainText: 'Bob' }),
    {
      code: 'INVALID_INPUT',
      message: 'Give the signature as text or as HTML.',
      details: { field: 'signaturePlainText', expected: 'signature or signaturePlainText', got: 'both' },
    },
  );
});

test('an address to send as is added, made the default, and removed; the own one stays', async (t) => {
  const { json } = openTestHome(t);
  const added = await json('create_send_as', { sendAsEmail: 'sales@example.org', displayName: 'Sales' });
  assert.equal(added.sendAsEmail, 'sales@example.org');
  assert.equal(added.isPrimary, false);
  await assert.rejects(json('create_send_as', { sendAsEmail: 'sales@example.org' }), { code: 'CONFLICT' });
  const changed = await json('update_send_as', { sendAsEmail: 'sales@example.org', isDefault: true });
  assert.equal(changed.isDefault, true);
  const removed = await json('delete_send_as', { sendAsEmail: 'sales@example.org' });
  assert.equal((removed.before as Json).displayName, 'Sales');
  await assert.rejects(json('delete_send_as', { sendAsEmail: owner }), {
    code: 'INVALID_INPUT',
    message: "The account's own address cannot be removed.",
    details: { field: 'sendAsEmail', expected: 'another address', got: owner },
  });
  await assert.rejects(json('update_send_as', { sendAsEmail: 'nobody@example.org', displayName: 'x' }), {
    code: 'NOT_FOUND',
    message: 'nobody@example.org is no send-as address of this account.',
    details: { field: 'sendAsEmail', expected: owner, got: 'nobody@example.org' },
  });
});

test('mail is forwarded to an address that was added before, and to no other', async (t) => {
  const { json, text } = openTestHome(t);
  await assert.rejects(json('update_auto_forwarding', { enabled: true }), {
    code: 'INVALID_INPUT',
    message: 'Forwarding needs emailAddress.',
    details: { field: 'emailAddress', expected: 'a confirmed forwarding address', got: 'nothing' },
  });
  const forward = { enabled: true, emailAddress: 'home@example.com', disposition: 'leaveInInbox' };
  await assert.rejects(json('update_auto_forwarding', forward), {
    code: 'INVALID_INPUT',
    message: 'Mail can be forwarded to confirmed forwarding addresses only.',
    details: {
      field: 'emailAddress',
      expected: 'nothing: there is no confirmed forwarding address',
      got: 'home@example.com',
      hint: 'create_forwarding_address adds one, which its owner then confirms.',
    },
  });
  const added = await json('create_forwarding_address', { forwardingEmail: 'home@example.com' });
  assert.equal(added.forwardingEmail, 'home@example.com');
  assert.equal(
    await text('update_auto_forwarding', forward),
    'Changed.\n[kvd719] untrusted settings\n' +
      'now: on: all arriving mail is FORWARDED to home@example.com, the copy here: leaveInInbox\nbefore: off\n' +
      '[kvd719] end\n' +
      'This local mailbox keeps the setting, but forwards nothing.',
  );
  const off = await json('update_auto_forwarding', { enabled: false });
  assert.equal(off.enabled, false);
  assert.equal((off.before as Json).emailAddress, 'home@example.com');
  const removed = await json('delete_forwarding_address', { forwardingEmail: 'Home@example.com' });
  assert.deepEqual(removed, { before: added });
  await assert.rejects(json('delete_forwarding_address', { forwardingEmail: 'home@example.com' }), {
    code: 'NOT_FOUND',
    message: 'home@example.com is no forwarding address of this account.',
    details: {
      field: 'forwardingEmail',
      expected: 'nothing: there is no forwarding address',
      got: 'home@example.com',
    },
  });
});

test('a delegate is added, listed and removed', async (t) => {
  const { json, text } = openTestHome(t);
  const added = await json('create_delegate', { delegateEmail: 'ann@example.org' });
  assert.equal(added.delegateEmail, 'ann@example.org');
  await assert.rejects(json('create_delegate', { delegateEmail: 'ann@example.org' }), { code: 'CONFLICT' });
  assert.match(await text('get_settings', {}), /^Delegates: ann@example\.org \(\w+\)$/m);
  assert.deepEqual(await json('delete_delegate', { delegateEmail: 'ann@example.org' }), { before: added });
  await assert.rejects(json('delete_delegate', { delegateEmail: 'ann@example.org' }), { code: 'NOT_FOUND' });
});
