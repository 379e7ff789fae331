import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import * as z from 'zod';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { openLocalClient, textOf, type LocalClient } from './local-client.ts';

const folder = join(import.meta.dirname, '../../../shared/cases/reading');
const skip = existsSync(folder) ? false : `needs the cases in ${folder}, which are not part of this repository`;

const strings = z.array(z.string()).default([]);
const readingCase = z.object({
  id: z.string(),
  why: z.string(),
  files: z.array(z.string()),
  call: z.enum(['read_message', 'read_thread', 'read_attachment']),
  messageId: z.string(),
  attachment: z.string().optional(),
  expect: strings,
  /** Regular expressions, perhaps behind `(?i)` or `(?m)`. */
  expectRe: strings,
  absent: strings,
  /** What is `absent` may be there where this is, too. */
  orRe: z.string().optional(),
  once: strings,
  atMost2: strings,
  /** Words of a quote, and the answer that has to stand close below them. */
  near: z.array(z.tuple([z.string(), z.string()])).default([]),
  maxTokens: z.int().optional(),
  image: z.boolean().default(false),
});
type ReadingCase = z.output<typeof readingCase>;

const cases =
  skip === false ? z.array(readingCase).parse(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'))) : [];
const files = [...new Set(cases.flatMap((one) => one.files))];
const mails = files.map((file) => readFileSync(join(folder, file)));

/** Lines of the header are not the body, which the cases are about. */
const headerLine = /^(?:id|Subject:|From:|To:|Date:|Attachments:) /;
/** How far below the words that it answers an answer may stand. */
const nearCharacters = 600;

function count(text: string, words: string): number {
  return text.split(words).length - 1;
}

function patternOf(source: string): RegExp {
  const flag = /^\(\?([im])\)/.exec(source)?.[1] ?? '';
  return new RegExp(source.replace(/^\(\?[im]\)/, ''), `${flag}u`);
}

/** Whether a message has this id; that of another is in the header of its answers, too. */
function isNamed(mail: Buffer | undefined, messageId: string): boolean {
  const lines =
    mail
      ?.toString('latin1')
      .toLowerCase()
      .split(/\r\n?|\n/) ?? [];
  return lines.includes(`message-id: <${messageId.toLowerCase()}>`);
}

function inputOf({ call, attachment }: ReadingCase, id: string): Readonly<Record<string, unknown>> {
  if (call === 'read_attachment') return { messageId: id, attachment };
  return { id, maxChars: 1_000_000 };
}

function check(one: ReadingCase, text: string): void {
  const body =
    one.call === 'read_message'
      ? text
          .split('\n')
          .filter((line) => !headerLine.test(line))
          .join('\n')
      : text;
  for (const words of one.expect) assert.ok(body.includes(words), `${words} in:\n${text}`);
  for (const source of one.expectRe) assert.match(body, patternOf(source));
  for (const words of one.absent) {
    const isSaid = one.orRe !== undefined && new RegExp(one.orRe, 'i').test(body.replaceAll(words, ''));
    assert.ok(isSaid || !body.includes(words), `no ${words} in:\n${text}`);
  }
  for (const words of one.once) assert.equal(count(text, words), 1, `${words} once in:\n${text}`);
  for (const words of one.atMost2) assert.ok(count(text, words) <= 2, `${words} at most twice in:\n${text}`);
  for (const [quoted, answer] of one.near) {
    const at = text.lastIndexOf(answer);
    const before = text.slice(0, Math.max(0, at));
    assert.ok(at >= 0 && count(before, quoted) >= 2, `${answer} below ${quoted} in:\n${text}`);
    assert.ok(at - before.lastIndexOf(quoted) <= nearCharacters, `${answer} close below ${quoted} in:\n${text}`);
  }
  if (one.maxTokens !== undefined) assert.ok(encode(text).length <= one.maxTokens, text);
}

suite('hard cases of reading, through MCP', { skip }, () => {
  const cleanups: (() => unknown)[] = [];
  let client: LocalClient;
  before(async () => {
    const home = temporaryFolder({ after: (cleanup: unknown) => void cleanups.push(cleanup as () => unknown) });
    client = await openLocalClient(home, mails);
    cleanups.push(() => client.close());
  });
  after(async () => {
    for (const cleanup of cleanups.toReversed()) await cleanup();
  });

  for (const one of cases) {
    test(`${one.id}: ${one.why}`, async () => {
      const named = files.findIndex((file, index) => one.files.includes(file) && isNamed(mails[index], one.messageId));
      const id = client.ids[named];
      assert.ok(id !== undefined, `a message ${one.messageId}`);
      const content = await client.content(one.call, inputOf(one, id));
      check(one, textOf(content));
      assert.ok(!one.image || content.some(({ type }) => type === 'image'));
    });
  }
});
