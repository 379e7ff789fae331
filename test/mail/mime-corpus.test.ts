import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { bodyText } from '../../src/mail/text/body-text.ts';
import { parseHeadersOnly, parseMime } from '../../src/mail/mime/parse-mime.ts';

const corpus = join(import.meta.dirname, '../../../shared/mail/mime');
const skip = existsSync(corpus) ? false : `needs the mail in ${corpus}, which is not part of this repository`;

test('every file of the MIME corpus is read or refused with INVALID_INPUT', { skip }, async () => {
  const files = globSync('**/*.{eml,msg,txt,tnef,html}', { cwd: corpus });
  assert.ok(files.length > 100);
  for (const file of files) {
    const raw = readFileSync(join(corpus, file));
    assert.equal(typeof parseHeadersOnly(raw).subject, 'string', file);
    try {
      const parsed = await parseMime(raw);
      assert.equal(typeof bodyText(parsed).text, 'string', file);
      for (const { filename } of parsed.attachments) assert.match(filename, /^[^/\\\p{Cc}]+$/u, file);
    } catch (error) {
      assert.equal((error as { code?: unknown }).code, 'INVALID_INPUT', file);
    }
  }
});

interface ExpectedPart {
  readonly headers: readonly { readonly name: string; readonly value: { readonly Text?: string } | string }[];
  readonly body: { readonly Text?: string; readonly Html?: string };
}

interface Expected {
  readonly text_body: readonly number[];
  readonly attachments: readonly number[];
  readonly parts: readonly ExpectedPart[];
}

const squeeze = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

test("agrees with another parser's reading of hard messages as often as before", { skip }, async (context) => {
  const agreed = { messages: 0, subjects: 0, texts: 0, withText: 0, attachmentCounts: 0 };
  for (const file of globSync('stalwart/**/*.json', { cwd: corpus })) {
    const message = join(corpus, file.replace(/json$/, 'eml'));
    if (!existsSync(message)) continue;
    const expected = JSON.parse(readFileSync(join(corpus, file), 'utf8')) as Expected;
    const parsed = await parseMime(readFileSync(message));
    const header = expected.parts[0]?.headers.find(({ name }) => name === 'subject')?.value;
    const subject = typeof header === 'object' ? (header.Text ?? '') : '';
    const text = expected.parts[expected.text_body[0] ?? -1]?.body.Text;
    agreed.messages += 1;
    agreed.subjects += squeeze(subject) === squeeze(parsed.subject) ? 1 : 0;
    agreed.attachmentCounts += expected.attachments.length === parsed.attachments.length ? 1 : 0;
    if (text === undefined) continue;
    agreed.withText += 1;
    agreed.texts += squeeze(parsed.text ?? '').includes(squeeze(text)) ? 1 : 0;
  }
  context.diagnostic(JSON.stringify(agreed));
  assert.ok(agreed.subjects >= 0.8 * agreed.messages, `subjects ${agreed.subjects} of ${agreed.messages}`);
  assert.ok(agreed.texts >= 0.9 * agreed.withText, `texts ${agreed.texts} of ${agreed.withText}`);
});
