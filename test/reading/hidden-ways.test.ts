import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import * as z from 'zod';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { localMailboxFolder } from '../../src/store/sqlite/mail/local-mailboxes.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import { hidingTricks, showingTricks, trickDocument, type Trick } from '../mail/html/tricks.ts';
import { outsideOfFences } from '../mcp/fence/outside-of-fences.ts';
import { startTwoDoors, type TwoDoors } from '../operations/two-doors.ts';

/** A mail, and what must and must not come out of it whichever way it is read. */
interface Case {
  readonly name: string;
  readonly raw: Buffer;
  readonly absent: readonly string[];
  readonly present: readonly string[];
  /** What must not be outside of a fence. */
  readonly fenced: readonly string[];
  /** What must come out of its attachments. */
  readonly attached: readonly string[];
  readonly isFileShown?: boolean;
}

const owner = 'me@example.org';
const sharedFolder = join(import.meta.dirname, '../../../shared/cases/hostile');

const manifestLine = z.object({
  file: z.string(),
  group: z.string(),
  trick: z.string(),
  must_not_appear: z.array(z.string()),
  must_appear: z.array(z.string()),
});

/** The cases of a folder beside this repository; none where it is not there. */
function sharedCases(): readonly Case[] {
  if (!existsSync(sharedFolder)) return [];
  const lines = readFileSync(join(sharedFolder, 'manifest.jsonl'), 'utf8').trim().split('\n');
  return lines.map((line) => {
    const { file, group, trick, ...words } = manifestLine.parse(JSON.parse(line));
    // Words that are seen in a text file may be shown, in a fence.
    const isOfFence = /fence/.test(group) || trick.startsWith('text attachment');
    const isOfFile = group === 'read_attachment' && !isOfFence;
    return {
      name: `${file}: ${trick}`,
      raw: readFileSync(join(sharedFolder, file)),
      absent: isOfFence ? [] : words.must_not_appear,
      fenced: isOfFence ? words.must_not_appear : [],
      present: isOfFile ? [] : words.must_appear,
      attached: isOfFile ? words.must_appear : [],
      // A text beside the HTML is shown to whoever asks for that file.
      isFileShown: /multipart\/related/.test(trick),
    };
  });
}

/** A trick as a mail: once as its body, once as a file of HTML, once in a message that is attached. */
function trickCase(trick: Trick, index: number, isHidden: boolean): Case {
  const word = `zq${isHidden ? 'hid' : 'vis'}${index}word`;
  const document = trickDocument(trick, word);
  const part = `Content-Type: text/html; charset=utf-8\r\n\r\n${document}\r\n`;
  const raw = [
    'From: mallory@attack.example',
    `Subject: trick ${isHidden ? 'hiding' : 'showing'} ${index}`,
    'Content-Type: multipart/mixed; boundary=edge',
    '',
    `--edge\r\n${part}`,
    `--edge\r\nContent-Disposition: attachment; filename=page.html\r\n${part}`,
    `--edge\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment; filename=inner.eml\r\n\r\nSubject: inner\r\n${part}`,
    '--edge--',
    '',
  ].join('\r\n');
  return {
    name: `${isHidden ? 'hides' : 'shows'}: ${trick[0]}`,
    raw: Buffer.from(raw),
    absent: isHidden ? [word] : [],
    present: isHidden ? [] : [word],
    attached: isHidden ? [] : [word],
    fenced: [],
  };
}

const everyCase: readonly Case[] = [
  ...hidingTricks.map((trick, index) => trickCase(trick, index, true)),
  ...showingTricks.map((trick, index) => trickCase(trick, index, false)),
  ...sharedCases(),
];
/** One in eight by default, as each takes several calls; with HOSTILE=all, all of them. */
const cases = process.env.HOSTILE === 'all' ? everyCase : everyCase.filter((_, index) => index % 8 === 0);

/** Every text of a JSON value, as a program gets it. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...textsOf(inner)]);
}

suite('what nobody sees comes out of no way of reading a mail, and what is seen out of each', () => {
  const cleanups: (() => unknown)[] = [];
  const ids: string[] = [];
  let doors: TwoDoors;
  before(async () => {
    const context = { after: (cleanup: unknown) => void cleanups.push(cleanup as () => unknown) };
    doors = await startTwoDoors(context, async (dataFolder) => {
      const mailbox = openLocalMailbox({
        store: openMailStore(localMailboxFolder(dataFolder, owner)),
        emailAddress: owner,
      });
      for (const { raw } of cases) ids.push((await mailbox.importMessage({ raw, labelIds: ['INBOX'] })).id);
      mailbox.close();
      return {};
    });
  });
  after(async () => {
    for (const cleanup of cleanups.toReversed()) await cleanup();
  });

  const overRest = async (name: string, input: Readonly<Record<string, unknown>>): Promise<string> =>
    textsOf((await doors.overRest(name, input)).json).join('\n');

  /** Checks an answer over MCP and one over REST. */
  const check = (one: Case, way: string, mcp: string, rest: string, present: readonly string[]): void => {
    const outside = outsideOfFences(mcp);
    for (const words of one.fenced) assert.ok(!outside.includes(words), `${way}: ${words} outside of a fence`);
    for (const [server, text] of [
      ['mcp', mcp],
      ['rest', rest],
    ] as const) {
      for (const words of one.absent) assert.ok(!text.includes(words), `${way} over ${server}: ${words} in\n${text}`);
      for (const words of present) assert.ok(text.includes(words), `${way} over ${server}: no ${words} in\n${text}`);
    }
  };

  for (const [index, one] of cases.entries()) {
    test(one.name, async () => {
      const id = ids[index] ?? assert.fail();
      const whole = { id, maxChars: 200_000 };
      const message = await doors.overMcp('read_message', whole);
      const json = (await doors.overRest('read_message', whole)).json;
      check(one, 'message', message.text, textsOf(json).join('\n'), one.present);
      const thread = { id: String(json['threadId']), maxChars: 1_000_000 };
      const threadText = (await doors.overMcp('read_thread', thread)).text;
      check(one, 'thread', threadText, await overRest('read_thread', thread), one.present);
      const attachments = z.array(z.object({ attachment: z.string() })).parse(json['attachments']);
      let files = '';
      for (const { attachment } of attachments) {
        const input = { messageId: id, attachment, maxChars: 200_000 };
        // Over REST it is a file, as it was sent.
        files += `${(await doors.overMcp('read_attachment', input)).text}\n`;
      }
      if (one.isFileShown !== true) check(one, 'attachment', files, files, one.attached);
    });
  }

  test('no list shows what nobody sees', async () => {
    const shown: string[] = [];
    for (const tool of ['search_messages', 'search_threads']) {
      let pageToken: string | undefined;
      do {
        const input = { maxResults: 100, ...(pageToken === undefined ? {} : { pageToken }) };
        const { json } = await doors.overRest(tool, input);
        const { text } = await doors.overMcp(tool, input);
        shown.push(text, textsOf(json).join('\n'));
        for (const { name, fenced } of cases)
          for (const words of fenced) assert.ok(!outsideOfFences(text).includes(words), `${name}: ${words}`);
        pageToken = z.string().optional().parse(json['nextPageToken']);
      } while (pageToken !== undefined);
    }
    const all = shown.join('\n');
    for (const { name, absent } of cases)
      for (const words of absent) assert.ok(!all.includes(words), `${name}: ${words}`);
  });
});
