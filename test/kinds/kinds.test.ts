import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startCommand } from '../cli/command-harness.ts';
import type { Json } from '../operations/door-passes.ts';
import { owner } from '../operations/door-passes.ts';
import type { TwoDoors } from '../operations/two-doors.ts';
import { startTwoDoors } from '../operations/two-doors.ts';
import { startTestEmulator } from '../support/emulator.ts';
import type { Case, ExpectedFile } from './kinds.ts';
import { kinds } from './kinds.ts';

const folder = join(import.meta.dirname, 'mail');
const cases = kinds.flatMap((kind) => kind.cases);

test('every input has its right value, and the page for readers has them all', () => {
  const inputs = globSync('**/*.eml', { cwd: folder }).map((path) => path.replace(/\.eml$/, ''));
  assert.deepEqual(inputs.toSorted(), [...new Set(cases.map(({ input }) => input))].toSorted());
  const page = readFileSync(join(import.meta.dirname, '../../docs/kinds.md'), 'utf8');
  for (const { title, rule, cases: own } of kinds) {
    assert.ok(page.includes(`## ${title}\n\n${rule}\n`), title);
    for (const { input } of own) assert.ok(page.includes(`| \`${input}\` |`), input);
  }
});

type Context = Parameters<typeof startTestEmulator>[0];
type Environment = Readonly<Record<string, string>>;

/** Imports every input; what finds the mailbox, and the message of each. */
const backends: Readonly<Record<string, (context: Context, dataFolder: string) => Promise<Environment>>> = {
  async local(_context, dataFolder) {
    const home = join(dataFolder, '..');
    const { code, stderr } = await startCommand(['import', '--account', owner, folder], { GMAIL_HOME: home }).finished;
    assert.equal(code, 0, stderr);
    return {};
  },
  async gmail(context) {
    const emulator = await startTestEmulator(context);
    const mailbox = emulator.mailbox();
    for (const { input } of cases) {
      await mailbox.importMessage({ raw: readFileSync(join(folder, `${input}.eml`)), labelIds: ['INBOX'] });
    }
    return {
      GMAIL_BACKEND: 'gmail',
      GMAIL_API_ROOT_URL: emulator.rootUrl,
      GMAIL_OAUTH_ROOT_URL: emulator.rootUrl,
      GMAIL_ACCOUNT: owner,
      GMAIL_QUOTA_UNITS_PER_MINUTE: '1000000',
      GMAIL_ACCESS_TOKEN: emulator.tokens.issue({ isServiceAccount: true }).accessToken,
    };
  },
};

/** What REST shows of a message, as far as the cases look at it. */
interface Shown {
  readonly subject: string;
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly attachments: readonly {
    readonly attachment: string;
    readonly filename: string;
    readonly size: number;
  }[];
}

for (const [backend, fill] of Object.entries(backends)) {
  describe(`kinds of mail on ${backend}`, () => {
    let doors: TwoDoors;
    let environment: Environment;
    const afterAll: (() => unknown)[] = [];

    before(async () => {
      const context = { after: (hook: () => unknown) => void afterAll.push(hook) } as unknown as Context;
      doors = await startTwoDoors(context, async (dataFolder) => {
        const own = await fill(context, dataFolder);
        environment = { ...own, GMAIL_HOME: join(dataFolder, '..'), GMAIL_GRANTS: 'all' };
        return own;
      });
    });
    after(async () => {
      for (const hook of afterAll.toReversed()) await hook();
    });

    for (const { title, cases: own } of kinds) {
      for (const one of own) {
        test(`${title}: ${one.input}`, async () => {
          const id = await idOf(doors, one.input);
          const { json } = await doors.overRest('read_message', { id });
          checkShown(json as unknown as Shown, one);
          await checkFiles(doors, id, json as unknown as Shown, one.files ?? []);
          await checkTexts(doors, environment, id, one);
          for (const q of one.found ?? []) await checkFound(doors, id, q);
          if (one.forwarded !== undefined) await checkForward(doors, id, one.forwarded);
        });
      }
    }
  });
}

async function idOf(doors: TwoDoors, input: string): Promise<string> {
  const raw = readFileSync(join(folder, `${input}.eml`), 'latin1');
  const messageId = /^message-id:\s*<([^>]+)>/im.exec(raw)?.[1] ?? assert.fail(input);
  const { json } = await doors.overRest('search_messages', { q: `rfc822msgid:${messageId}`, includeSpamTrash: true });
  const [message] = json['messages'] as { id: string }[];
  return message?.id ?? assert.fail(`${input} is not there`);
}

function checkShown(shown: Shown, { subject, from, to, text, absent, files }: Case): void {
  if (subject !== undefined) assert.equal(shown.subject, subject);
  if (from !== undefined) assert.equal(shown.from, from);
  if (to !== undefined) assert.equal(shown.to, to);
  if (text !== undefined) assert.ok(shown.text.includes(text), shown.text);
  if (absent !== undefined) assert.doesNotMatch(shown.text, absent);
  // oxlint-disable-next-line no-control-regex -- NUL and its like are what must not be there
  assert.doesNotMatch(shown.text, /[\0-\b\u000e-\u001f\u007f-\u009f\ufffd]/);
  if (files !== undefined) assert.equal(shown.attachments.length, files.length, JSON.stringify(shown.attachments));
}

async function checkFiles(doors: TwoDoors, id: string, shown: Shown, files: readonly ExpectedFile[]): Promise<void> {
  for (const [index, { name, latin1, text }] of files.entries()) {
    const listed = shown.attachments[index];
    assert.ok(listed !== undefined);
    assert.ok(isNamed(listed.filename, name), listed.filename);
    const input = { messageId: id, attachment: listed.attachment };
    const bytes = await doors.bytesOverRest('read_attachment', input);
    assert.equal(bytes.length, listed.size);
    if (latin1 !== undefined) assert.equal(bytes.toString('latin1'), latin1);
    if (text === undefined) continue;
    const answer = await doors.overMcp('read_attachment', input);
    assert.ok(answer.text.includes(text), answer.text);
  }
}

/** What a model and a shell are shown. */
async function checkTexts(
  doors: TwoDoors,
  environment: Environment,
  id: string,
  { text, subject }: Case,
): Promise<void> {
  const answer = await doors.overMcp('read_message', { id });
  const { stdout, stderr, code } = await startCommand(['call', 'read_message', '--id', id], environment).finished;
  assert.equal(code, 0, stderr);
  for (const word of [text, subject]) {
    if (word === undefined) continue;
    assert.ok(answer.text.includes(word), answer.text);
    assert.ok(stdout.includes(word) || stdout.includes(JSON.stringify(word).slice(1, -1)), stdout);
  }
}

async function checkFound(doors: TwoDoors, id: string, q: string): Promise<void> {
  const { json } = await doors.overRest('search_messages', { q, maxResults: 100 });
  assert.ok(
    (json['messages'] as { id: string }[]).some((message) => message.id === id),
    q,
  );
}

async function checkForward(doors: TwoDoors, id: string, names: readonly (RegExp | string)[]): Promise<void> {
  const { json } = await doors.overRest('create_draft', { forward: id, to: ['ann@fern.example'], body: 'Look.' });
  const draft = await doors.overRest('read_message', { id: messageIdIn(json) });
  const carried = (draft.json as unknown as Shown).attachments.map(({ filename }) => filename);
  for (const name of names)
    assert.ok(
      carried.some((filename) => isNamed(filename, name)),
      carried.join(),
    );
}

function messageIdIn(json: Json): string {
  const { message } = json as { message?: { id?: string } };
  return message?.id ?? assert.fail(JSON.stringify(json));
}

function isNamed(filename: string, name: RegExp | string): boolean {
  return typeof name === 'string' ? filename === name : name.test(filename);
}
