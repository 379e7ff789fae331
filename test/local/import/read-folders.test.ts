import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { MailItem } from '../../../src/local/import/mail-item.ts';
import { buildZip } from '../../support/build-zip.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { mbox, message, readAll, tar, textsOf, writeFiles } from './archives.ts';

const labelsBySubject = (items: readonly MailItem[]): Record<string, readonly string[]> =>
  Object.fromEntries(
    items.flatMap((item) =>
      item.kind === 'message' ? [[/^Subject: (.*)$/m.exec(Buffer.from(item.raw).toString())?.[1], item.labels]] : [],
    ),
  );

test('a Maildir gives each message the labels of its folder and its flags', async (t) => {
  const folder = writeFiles(join(temporaryFolder(t), 'Maildir'), {
    'cur/1.host:2,S': message('seen'),
    'cur/2.host:2,FS': message('flagged'),
    'cur/3.host:2,ST': message('trashed'),
    'new/4.host': message('new'),
    'tmp/5.host': message('being delivered'),
    '.Sent/cur/6.host:2,S': message('sent'),
    '.Sent/new/.keep': '',
    '.Entw&APw-rfe/cur/7.host:2,DS': message('draft'),
    '.Entw&APw-rfe/new/.keep': '',
    '.Work.Projects/cur/8.host:2,S': message('work'),
    '.Work.Projects/new/.keep': '',
  });
  const items = await readAll(folder);
  assert.deepEqual(labelsBySubject(items), {
    draft: ['DRAFT'],
    sent: ['SENT'],
    work: ['Work/Projects'],
    seen: ['INBOX'],
    flagged: ['INBOX', 'STARRED'],
    trashed: ['TRASH'],
    new: ['INBOX', 'UNREAD'],
  });
});

test('a folder is read to its bottom; what is mail is told by content, what is not is left alone', async (t) => {
  const folder = writeFiles(join(temporaryFolder(t), 'old'), {
    'a.eml': message('a'),
    'deep/er/b.txt': message('b'),
    'deep/00001.7c53336b': mbox([message('c')]),
    'deep/list.mbox': mbox([message('d')]),
    'packed.eml.gz': gzipSync(message('e')),
    'notes.txt': 'Milk, eggs.\n',
    'picture.png': Buffer.from('89504e470d0a1a0a', 'hex'),
  });
  const items = await readAll(folder);
  assert.deepEqual(labelsBySubject(items), {
    a: ['old'],
    b: ['old/deep/er'],
    c: ['old/deep'],
    d: ['old/deep/list'],
    e: ['old'],
  });
  assert.deepEqual(
    items.filter(({ kind }) => kind === 'skipped' || kind === 'unreadable'),
    ['notes.txt', 'picture.png'].map((name) => ({
      kind: 'skipped',
      source: join(folder, name),
      reason: 'no mail header at its beginning',
    })),
  );
});

test('a Takeout is read from its .tgz, whatever its size, and every file in it that is none is named', async (t) => {
  const long = `${'Takeout/Mail/'.repeat(9)}Archive.mbox`;
  const large = message('large', { body: 'A line of a large message.\n'.repeat(60_000) });
  const files = {
    'Takeout/Mail/All mail.mbox': mbox([message('one'), large, message('two')]),
    'Takeout/Mail/three.eml': message('three'),
    [long]: mbox([message('four')]),
    'Takeout/archive_browser.html': '<html>',
    'Takeout/inner.zip': 'PK',
  };
  const folder = writeFiles(temporaryFolder(t), {
    'takeout.tgz': gzipSync(tar(files)),
    'plain.tar': tar({ 'five.eml': message('five') }),
    'cut.tar': tar(files).subarray(0, 700_000),
  });
  const items = await readAll(join(folder, 'takeout.tgz'), 10_000_000);
  assert.deepEqual(textsOf(items), [message('one'), large, message('two'), message('three'), message('four')]);
  assert.deepEqual(
    items.flatMap((item) => ('reason' in item ? [[item.kind, item.source, item.reason]] : [])),
    [
      ['skipped', `${folder}/takeout.tgz!Takeout/archive_browser.html`, 'no mail header at its beginning'],
      ['unreadable', `${folder}/takeout.tgz!Takeout/inner.zip`, 'an archive inside an archive; unpack it first'],
    ],
  );
  assert.deepEqual(textsOf(await readAll(join(folder, 'plain.tar'))), [message('five')]);
  const cut = await readAll(join(folder, 'cut.tar'), 10_000_000);
  assert.deepEqual(textsOf(cut), [message('one')]);
  assert.match(
    cut.flatMap((item) => (item.kind === 'unreadable' ? [item.reason] : [])).join(),
    /^the archive breaks off in this message: the tar archive ends too early/,
  );
});

test('a .emlx is the message inside, with what Apple Mail knew of it', async (t) => {
  const properties = (flags: number): string =>
    `<?xml version="1.0"?>\n<plist version="1.0"><dict><key>flags</key><integer>${flags}</integer></dict></plist>\n`;
  const emlx = (subject: string, flags: number): string =>
    `${message(subject).length}      \n${message(subject)}${properties(flags)}`;
  const folder = writeFiles(join(temporaryFolder(t), 'Messages'), {
    '1.emlx': emlx('read', 8590195713),
    '2.emlx': emlx('new', 0),
    '3.partial.emlx': emlx('flagged', 17),
  });
  const items = await readAll(folder);
  assert.deepEqual(
    textsOf(items),
    ['read', 'new', 'flagged'].map((subject) => message(subject)),
  );
  assert.deepEqual(labelsBySubject(items), {
    read: ['Messages'],
    new: ['Messages', 'UNREAD'],
    flagged: ['Messages', 'STARRED'],
  });
});

test('a message is handed out byte for byte, whatever its bytes', async (t) => {
  const raw = Buffer.concat([
    Buffer.from(message('bytes')),
    Buffer.from([0, 255, 13, 13, 10, 128]),
    Buffer.alloc(70_000, 9),
  ]);
  const folder = writeFiles(temporaryFolder(t), { 'x.eml': raw });
  const [item] = await readAll(join(folder, 'x.eml'));
  assert.ok(item?.kind === 'message');
  assert.ok(raw.equals(item.raw));
  assert.deepEqual(item.labels, ['Imported']);
});

test('files that look like mail by name but hold none are named with the reason', async (t) => {
  const outlook = Buffer.from('d0cf11e0a1b11ae1', 'hex');
  const folder = writeFiles(temporaryFolder(t), {
    '1-empty.eml': '',
    '2-letter.msg': outlook,
    '3-large.eml': message('large', { body: 'x'.repeat(2000) }),
    '4-prose.eml': 'no header here\n',
    '5-damaged.zip': 'PK nothing',
  });
  symlinkSync(join(folder, 'gone'), join(folder, '6-link.eml'));
  const items = await readAll(folder, 1000);
  assert.deepEqual(
    items.map((item) => (item.kind === 'skipped' || item.kind === 'unreadable' ? [item.kind, item.reason] : item.kind)),
    [
      ['unreadable', 'the file is empty'],
      ['skipped', 'an Outlook or Office file; save the message as .eml or the folder as mbox'],
      ['unreadable', 'the message is over 0.0 MiB: 0.0 MiB'],
      ['unreadable', 'no mail header at its beginning'],
      [
        'unreadable',
        'it cannot be read: End of central directory record signature not found. Either not a zip file, or file is truncated.',
      ],
      ['unreadable', `ENOENT: no such file or directory, stat '${join(folder, '6-link.eml')}'`],
    ],
  );
});

const utf8 = (text: string): string => `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`;
const takeoutEnvelope = 'From 1790000000000000001@xxx Tue Jan 02 10:00:05 +0000 2024';
const takeoutMessage = (subject: string, labels: string): string =>
  message(subject, { extra: `X-GM-THRID: 1790000000000000777\nX-Gmail-Labels: ${labels}\n` });

test('Takeout labels are read in the language of the account, folded and encoded', async (t) => {
  const cases = [
    [
      'english',
      'Inbox,Important,Opened,Category Promotions,Clients/Lindgren',
      ['INBOX', 'IMPORTANT', 'CATEGORY_PROMOTIONS', 'Clients/Lindgren'],
    ],
    ['unread', 'Archived,Unread,Starred', ['UNREAD', 'STARRED']],
    ['german', '=?UTF-8?Q?Posteingang,Ge=C3=B6ffnet,Wichtig,B=C3=BCro?=', ['INBOX', 'IMPORTANT', 'Büro']],
    [
      'french',
      `${utf8('Boîte de réception,Non lus,')}\n ${utf8('Messages envoyés,Été')}`,
      ['INBOX', 'UNREAD', 'SENT', 'Été'],
    ],
    [
      'spanish',
      '=?UTF-8?Q?Recibidos,Categor=C3=ADa:_Promociones,Papelera?=',
      ['INBOX', 'CATEGORY_PROMOTIONS', 'TRASH'],
    ],
    ['japanese', utf8('受信トレイ,未読'), ['INBOX', 'UNREAD']],
    ['comma', 'Sent,"Bills, paid",Spam', ['SENT', 'Bills, paid', 'SPAM']],
    ['folded', 'Inbox,\n Work', ['INBOX', 'Work']],
    ['long', `Work,${'x'.repeat(5000)}`, ['Work', 'x'.repeat(225)]],
    ['none', '', []],
  ] as const;
  const text = mbox(
    cases.map(([subject, labels]) => takeoutMessage(subject, labels)),
    takeoutEnvelope,
  );
  const folder = writeFiles(temporaryFolder(t), { 'All mail.mbox': text });
  const items = await readAll(join(folder, 'All mail.mbox'));
  assert.deepEqual(labelsBySubject(items), Object.fromEntries(cases.map(([subject, , labels]) => [subject, labels])));
  for (const item of items) if (item.kind === 'message') assert.equal(item.gmailThreadId, '1790000000000000777');
});

test('the headers that Takeout adds are not part of the message', async (t) => {
  const texts = [
    takeoutMessage('one', 'Inbox'),
    takeoutMessage('one', '=?UTF-8?Q?Archiv,=C3=9Cbrig?=\n =?UTF-8?Q?,mehr?='),
  ];
  const folder = writeFiles(temporaryFolder(t), { 'a.mbox': mbox(texts, takeoutEnvelope).replaceAll('\n', '\r\n') });
  const [one, other] = textsOf(await readAll(join(folder, 'a.mbox')));
  assert.equal(one, message('one').replaceAll('\n', '\r\n'));
  assert.equal(other, one);
});

test('words about Takeout in the body of a message are no labels', async (t) => {
  const text = message('talk', { body: 'X-Gmail-Labels: Spam\nX-GM-THRID: 12\n' });
  const folder = writeFiles(temporaryFolder(t), { 'a.eml': text });
  const [item] = await readAll(join(folder, 'a.eml'));
  assert.ok(item?.kind === 'message');
  assert.deepEqual(
    [Buffer.from(item.raw).toString(), item.labels, item.gmailThreadId],
    [text, ['Imported'], undefined],
  );
});

test('a sender can give a message no label, no thread and no place among what was sent', async (t) => {
  const forged = 'X-GM-THRID: 1790000000000000777\nX-Gmail-Labels: Sent,Inbox\n';
  const received = 'Return-Path: <eve@evil.example>\nReceived: from x by y; Tue, 02 Jan 2024 10:00:00 +0000\n';
  const folder = writeFiles(temporaryFolder(t), {
    'list.mbox': mbox([
      message('behind trace fields', { extra: `${received}${forged}` }),
      message('behind a field', { extra: `X-Spam: no\n${forged}` }),
      message("behind Takeout's", {
        extra: `X-GM-THRID: 1790000000000000778\nDelivered-To: me@example.org\n${forged}`,
      }),
    ]),
    // A file that somebody has sent as an attachment, say.
    'a.eml': message('in a file of its own', { extra: forged }),
  });
  const items = await readAll(folder);
  const name = folder.split('/').at(-1);
  assert.deepEqual(labelsBySubject(items), {
    'behind trace fields': [`${name}/list`],
    'behind a field': [`${name}/list`],
    "behind Takeout's": [],
    'in a file of its own': [name],
  });
  const threads = items.flatMap((item) => (item.kind === 'message' ? [item.gmailThreadId] : []));
  assert.deepEqual(
    threads.filter((thread) => thread !== undefined),
    ['1790000000000000778'],
  );
});

test('Takeout labels are found behind what Thunderbird puts above them', async (t) => {
  const text = `X-Mozilla-Status: 0001\nX-Mozilla-Keys: \n  \n${takeoutMessage('kept', 'Sent,Work')}`;
  const folder = writeFiles(temporaryFolder(t), { 'All mail.mbox': mbox([text], takeoutEnvelope) });
  const items = await readAll(join(folder, 'All mail.mbox'));
  assert.deepEqual(labelsBySubject(items), { kept: ['SENT', 'Work'] });
});

test('a Takeout zip is read without unpacking it', async (t) => {
  const archive = buildZip({
    'Takeout/archive_browser.html': '<html></html>',
    'Takeout/Mail/All mail Including Spam and Trash.mbox': mbox(
      [takeoutMessage('zipped', 'Inbox'), message('without labels', { extra: 'X-GM-THRID: 1790000000000000778\n' })],
      takeoutEnvelope,
    ),
    'Takeout/Mail/User Settings/Filters.json': '{}',
  });
  const path = join(writeFiles(temporaryFolder(t), { 'takeout-1.zip': archive }), 'takeout-1.zip');
  const items = await readAll(path);
  // A message of Gmail without labels is archived and read.
  assert.deepEqual(labelsBySubject(items), { zipped: ['INBOX'], 'without labels': [] });
  assert.deepEqual(items.filter(({ kind }) => kind === 'skipped').length, 2);
  const [first] = items.filter((item) => item.kind === 'message');
  assert.equal(first?.source, `${path}!Takeout/Mail/All mail Including Spam and Trash.mbox at byte 0`);
});

test('an archive that is named like a system label is that label', async (t) => {
  const folder = writeFiles(temporaryFolder(t), { 'Sent.mbox': mbox([message('s')]), Inbox: mbox([message('i')]) });
  assert.deepEqual(labelsBySubject(await readAll(join(folder, 'Sent.mbox'))), { s: ['SENT'] });
  assert.deepEqual(labelsBySubject(await readAll(join(folder, 'Inbox'))), { i: ['INBOX'] });
});
