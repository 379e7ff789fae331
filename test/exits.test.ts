import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { createLogger } from '../src/core/logger.ts';
import { localMailboxFolder } from '../src/store/sqlite/mail/local-mailboxes.ts';
import { openLocalMailbox } from '../src/local/open-local-mailbox.ts';
import { sendQuestion } from '../src/operations/sending/send-question.ts';
import { openMailStore } from '../src/store/sqlite/mail/open-mail-store.ts';
import { buildMail } from './build-mail.ts';
import { runCommand } from './cli/command-harness.ts';
import { startTwoDoors, type TwoDoors } from './operations/two-doors.ts';
import { messageOf } from './safety/outbox-parts.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

/** What steers a terminal or hides in one, between letters that must stay. */
const evil = [
  'A\u001b[2JB',
  'C\u009b31mD',
  'E\u0007F\bG',
  'H\u202eI\u2066J\u200eK',
  'L\u2028M\u2029N\u0085O',
  'P\u{e0041}\u{e007f}Q',
  'R\ufe00\ufe01\ufe0eS',
  'T\u{e0100}\u{e0101}U',
  'V\u200b\u2060\ufeff\u00adW',
  'X\ufff9Y\u0000Z',
].join(' ');

const forbidden =
  /(?![\t\n])\p{Cc}|\p{Zl}|\p{Zp}|[\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\u00ad\ufff9-\ufffb]|[\u{e0000}-\u{e0fff}]|[\ufe00-\ufe0f]{2}/u;

function assertHarmless(output: string): void {
  const found = forbidden.exec(output);
  assert.equal(found, null, `U+${found?.[0].codePointAt(0)?.toString(16)} in ${JSON.stringify(output)}`);
  assert.match(output, /A/);
}

/** As a sender writes it: encoded words carry everything. */
const encoded = `=?utf-8?B?${Buffer.from(evil).toString('base64')}?=`;
const mail = buildMail({
  from: `${encoded} <ann@example.org>`,
  to: `${encoded} <bob@example.org>`,
  subject: encoded,
  text: evil,
  attachment: { filename: encoded, content: evil },
});

const owner = 'bob@example.org';

async function fill(dataFolder: string): Promise<string> {
  const mailbox = openLocalMailbox({
    store: openMailStore(localMailboxFolder(dataFolder, owner)),
    emailAddress: owner,
  });
  const { id } = await mailbox.importMessage({ raw: mail, labelIds: ['INBOX'] });
  await mailbox.createDraft({ raw: mail });
  mailbox.close();
  return id;
}

test('no answer carries what steers a terminal or hides', async (t) => {
  let id = '';
  const doors: TwoDoors = await startTwoDoors(t, async (dataFolder) => {
    id = await fill(dataFolder);
    return {};
  });
  for (const [name, input] of [
    ['search_messages', {}],
    ['search_threads', {}],
    ['list_drafts', {}],
    ['read_message', { id }],
    ['read_thread', { id }],
    ['read_attachment', { messageId: id, attachment: 'a1' }],
    ['create_label', { name: 'A\u202e\u200b\u{e0041}' }],
    ['list_labels', {}],
    ['read_message', { id: evil }],
  ] as const) {
    await t.test(name, async () => {
      assertHarmless((await doors.overMcp(name, input)).text);
      if (name !== 'read_attachment') assertHarmless((await doors.overRest(name, input)).body);
    });
  }
});

test('no log line carries what steers a terminal or hides', () => {
  const lines: string[] = [];
  const log = createLogger('test', 'info', (line) => lines.push(line));
  log.error(evil, { field: evil, [evil]: 1, error: new Error(evil) });
  const [line = ''] = lines;
  assertHarmless(line);
  assert.equal(JSON.parse(line).message, evil, 'and loses nothing');
});

test('no question to a person carries what steers a terminal or hides', () => {
  const message = messageOf('x', { subject: evil, text: evil, to: [`${evil}@example.org`], warnings: [evil] });
  assertHarmless(sendQuestion({ outboxId: '0123456789ab', message }));
});

test('no command prints what steers a terminal or hides', async (t) => {
  const home = temporaryFolder(t);
  const id = await fill(join(home, 'data'));
  const environment = { GMAIL_HOME: home };
  for (const words of [
    ['call', 'search_messages'],
    ['call', 'read_message', '--id', id],
    ['call', 'list_drafts'],
    ['call', 'read_message', '--id', evil],
    ['call', 'create_label', '--name', 'A\u202e\u200b'],
    ['audit'],
    ['audit', '--json'],
    [evil],
    ['import', evil],
  ]) {
    const { stdout, stderr } = await runCommand(words, environment);
    assertHarmless(`A${stdout}${stderr}`);
  }
});
