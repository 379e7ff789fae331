import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { AppError } from '../../../src/core/errors.ts';
import { writeForward } from '../../../src/mail/compose/write-forward.ts';
import type { WritingTime, WrittenMessage } from '../../../src/mail/compose/message-input.ts';
import { writeReply } from '../../../src/mail/compose/write-reply.ts';
import type { ParsedMail } from '../../../src/mail/message.ts';
import { parseMime } from '../../../src/mail/mime/parse-mime.ts';
import { lintMessage } from './lint-message.ts';
import { readWithPython, withoutPython } from './python-reader.ts';
import { assertAgreed } from './round-trip.ts';

const corpus = join(import.meta.dirname, '../../../../shared/mail');
const withoutMail = existsSync(corpus) ? false : `needs the mail in ${corpus}, which is not part of this repository`;

/** `REAL_MAIL=all` takes every message; it needs some minutes. */
const every = process.env['REAL_MAIL'] === 'all' ? 1 : 80;

const time: WritingTime = {
  nowMs: Date.UTC(2026, 10, 22, 14),
  messageId: 'new@gmail.com',
  boundary: 'b0undary4tests',
  locale: 'de',
  timeZone: 'Europe/Vienna',
};

async function originals(): Promise<
  { readonly file: string; readonly raw: Uint8Array; readonly original: ParsedMail }[]
> {
  const files = globSync(['spamassassin/*/*', 'mime/**/*.{eml,msg}'], { cwd: corpus }).toSorted();
  const found: { file: string; raw: Uint8Array; original: ParsedMail }[] = [];
  for (const file of files.filter(
    (name, index) => index % every === 0 || (every > 1 && name.startsWith('mime/') && index % 6 === 0),
  )) {
    const raw = readFileSync(join(corpus, file));
    try {
      found.push({ file, raw, original: await parseMime(raw) });
    } catch (error) {
      assert.ok(error instanceof AppError && error.code === 'INVALID_INPUT', file);
    }
  }
  return found;
}

function answersTo(file: string, raw: Uint8Array, original: ParsedMail): { name: string; written: WrittenMessage }[] {
  const input = {
    from: { address: { name: 'Me', address: 'me@gmail.com' } },
    body: 'Grüße\n',
    original,
    raw,
    threadId: 't1',
    all: true,
    ownAddresses: ['me@gmail.com'],
  };
  return [
    { name: `${file}: answer`, written: writeReply({ ...input, format: 'markdown' }, time) },
    { name: `${file}: answer in text`, written: writeReply({ ...input, format: 'text' }, time) },
    { name: `${file}: forward`, written: writeForward({ ...input, format: 'markdown', as: 'inline' }, time) },
    { name: `${file}: forward whole`, written: writeForward({ ...input, format: 'text', as: 'attachment' }, time) },
  ];
}

test(
  'answers to and forwards of real mail are clean, and read the same everywhere',
  { skip: withoutMail || withoutPython },
  async (context) => {
    const mails = await originals();
    const answers = mails.flatMap(({ file, raw, original }) => answersTo(file, raw, original));
    context.diagnostic(`${mails.length} originals`);
    const python = readWithPython(answers.map(({ written }) => written.raw));
    for (const [index, { name, written }] of answers.entries()) {
      assert.deepEqual(lintMessage(written.raw), [], name);
      const other = python[index];
      assert.ok(other !== undefined);
      await assertAgreed(written, other, name);
    }
  },
);
