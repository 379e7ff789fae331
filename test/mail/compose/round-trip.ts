import assert from 'node:assert/strict';
import type { Address } from '../../../src/mail/message.ts';
import type { FileToAttach, MessageToWrite } from '../../../src/mail/compose/message-to-write.ts';
import { requireAddress } from '../../../src/mail/compose/address-syntax.ts';
import type { WrittenMessage } from '../../../src/mail/compose/message-input.ts';
import { cleanText } from '../../../src/mail/mime/clean-text.ts';
import { parseMime } from '../../../src/mail/mime/parse-mime.ts';
import { safeFilename } from '../../../src/mail/mime/safe-filename.ts';
import type { PythonMail } from './python-reader.ts';

/** Line breaks as `\n`, and none at the end, where mail has always one. */
const lineText = (text: string): string => text.replaceAll(/\r\n|\r/g, '\n').replace(/\n$/, '');
/** Our parser gives a body of empty lines one more or less. */
const withoutEnd = (text: string): string => text.replace(/\n+$/, '');

/** Our parser's text has no control characters, and a text without a word beside HTML is none. */
const parsedText = (text: string): string => (text.trim() === '' ? '' : withoutEnd(lineText(cleanText(text))));

const canonical = (list: readonly Address[]): Address[] => list.map((address) => requireAddress(address, 'address'));

/** Fails unless our own parser reads the message as it was asked for. */
export async function assertParsed(raw: Uint8Array, asked: MessageToWrite, name: string): Promise<void> {
  const parsed = await parseMime(raw);
  assert.equal(parsed.subject, asked.subject, name);
  assert.deepEqual(parsed.from, canonical([asked.from]), name);
  for (const field of ['to', 'cc', 'bcc'] as const) assert.deepEqual(parsed[field], canonical(asked[field]), name);
  assert.deepEqual(parsed.replyTo, canonical(asked.replyTo ?? []), name);
  assert.equal(parsedText(parsed.text ?? ''), parsedText(asked.text), name);
  assert.equal(parsed.html === undefined, asked.html === undefined, name);
  assert.equal(lineText(parsed.html ?? ''), lineText(cleanText(asked.html ?? '')), name);
  assert.equal(parsed.messageId, asked.messageId, name);
  assert.deepEqual(
    parsed.references,
    [...new Set([...(asked.references ?? []), ...(asked.inReplyTo === undefined ? [] : [asked.inReplyTo])])],
    name,
  );
  assert.equal(parsed.dateMs, Math.floor(asked.dateMs / 1000) * 1000, name);
  for (const { name: field, value } of asked.extraHeaders ?? []) {
    assert.equal(parsed.headers.find((header) => header.name === field.toLowerCase())?.value, value, name);
  }
  const order = inlineFirst(asked);
  // Our parser decodes what looks like an encoded word in a file name; Python shows that it was written as asked.
  const names = order.map(({ filename }) => (filename.includes('=?') ? undefined : safeFilename(filename)));
  assert.deepEqual(
    parsed.attachments.map(({ filename }, index) => (names[index] === undefined ? undefined : filename)),
    names,
    name,
  );
  for (const [index, { content }] of parsed.attachments.entries()) {
    const file = order[index];
    // The parser gives messages in messages with other line breaks; that they are whole, Python's reading shows.
    if (file === undefined || file.mimeType.startsWith('message/')) continue;
    assert.ok(Buffer.from(content).equals(file.content), `${name}: bytes of ${file.filename}`);
  }
}

function inlineFirst({ files, html }: MessageToWrite): FileToAttach[] {
  const isShown = ({ contentId }: FileToAttach): boolean =>
    contentId !== undefined && (html ?? '').includes(`cid:${contentId}`);
  return [...files.filter(isShown), ...files.filter((file) => !isShown(file))];
}

/** Fails unless Python reads the message as it was asked for. */
export function assertPython(python: PythonMail, asked: MessageToWrite, name: string): void {
  assert.equal(python.error, undefined, name);
  assert.deepEqual(python.defects, [], name);
  assert.equal(python.subject, asked.subject, name);
  const pairs = (list: readonly Address[]) => canonical(list).map((one) => [one.name, one.address]);
  assert.deepEqual(python.from, pairs([asked.from]), name);
  for (const field of ['to', 'cc', 'bcc'] as const) assert.deepEqual(python[field], pairs(asked[field]), name);
  assert.deepEqual(python['reply-to'], pairs(asked.replyTo ?? []), name);
  assert.equal(lineText(python.text ?? ''), lineText(asked.text), name);
  assert.equal(python.html === null, asked.html === undefined, name);
  assert.equal(lineText(python.html ?? ''), lineText(asked.html ?? ''), name);
  assert.equal(python['message-id'], `<${asked.messageId}>`, name);
  assert.equal(python['in-reply-to'], asked.inReplyTo === undefined ? null : `<${asked.inReplyTo}>`, name);
  const references = (asked.references ?? []).map((id) => `<${id}>`).join(' ');
  assert.equal(python.references ?? '', references, name);
  const order = inlineFirst(asked);
  assert.deepEqual(
    python.files.map(({ filename }) => filename),
    order.map(({ filename }) => filename),
    name,
  );
  for (const [index, { content, contentId }] of python.files.entries()) {
    const file = order[index];
    assert.ok(file !== undefined);
    assert.ok(Buffer.from(content, 'base64').equals(file.content), `${name}: bytes of ${file.filename}`);
    assert.equal(contentId, file.contentId === undefined ? null : `<${file.contentId}>`, name);
  }
}

/** Fails unless both parsers read of a message what was said to be in it, and the same text, HTML and files. */
export async function assertAgreed(written: WrittenMessage, python: PythonMail, name: string): Promise<void> {
  const parsed = await parseMime(written.raw);
  assert.equal(python.error, undefined, name);
  assert.deepEqual(python.defects, [], name);
  assert.equal(parsed.subject, written.subject, name);
  assert.equal(python.subject, written.subject, name);
  for (const field of ['to', 'cc', 'bcc'] as const) {
    assert.deepEqual(parsed[field], written[field], name);
    assert.deepEqual(
      python[field],
      written[field].map((one) => [one.name, one.address]),
      name,
    );
  }
  assert.equal(parsedText(python.text ?? ''), parsedText(parsed.text ?? ''), name);
  assert.equal(lineText(python.html ?? ''), lineText(parsed.html ?? ''), name);
  assert.equal(python['message-id'], `<${parsed.messageId}>`, name);
  assert.deepEqual(
    Array.from((python.references ?? '').matchAll(/<([^>]+)>/g), (match) => match[1]),
    parsed.references,
    name,
  );
  assert.deepEqual(
    python.files.map(({ filename }) => safeFilename(filename ?? '')),
    parsed.attachments.map(({ filename }) => filename),
    name,
  );
  for (const [index, { content, mimeType, filename }] of python.files.entries()) {
    if (mimeType.startsWith('message/')) continue;
    assert.ok(
      Buffer.from(content, 'base64').equals(parsed.attachments[index]?.content ?? Buffer.of()),
      `${name}: ${filename}`,
    );
  }
}
