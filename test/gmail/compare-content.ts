import { readFileSync } from 'node:fs';
import { createAccountState } from '../../src/emulator/account-state.ts';
import { messageResource } from '../../src/emulator/methods/message-resource.ts';
import type { ApiPart } from '../../src/gmail/client/api-schemas.ts';
import { apiMessage } from '../../src/gmail/client/api-schemas.ts';
import { readFull, readRaw } from '../../src/gmail/content/fetched-message.ts';
import { hasUnreadableFile, missingTexts } from '../../src/gmail/content/part-kind.ts';
import type { PartTexts } from '../../src/gmail/content/write-skeleton.ts';
import { inlineText } from '../../src/gmail/content/write-skeleton.ts';
import type { ParsedMail, MailContent } from '../../src/mail/message.ts';
import { parseMime } from '../../src/mail/mime/parse-mime.ts';
import { decodePart, findPart, readPartTree } from '../../src/mail/mime/part-tree.ts';

/** The parts of a message in Gmail's answer with their ids. */
function idsOf(part: ApiPart, partId = ''): readonly (readonly [ApiPart, string])[] {
  return [
    [part, partId],
    ...part.parts.flatMap((inner, index) => idsOf(inner, partId === '' ? `${index}` : `${partId}.${index}`)),
  ];
}

/** What is read of a message that comes as Gmail's JSON. */
export async function contentThroughGmail(raw: Uint8Array): Promise<MailContent> {
  const summary = {
    id: '18f0000000000001',
    threadId: '18f0000000000001',
    internalDate: '0',
    historyId: '1',
    sizeEstimate: raw.length,
    from: '',
    to: '',
    cc: '',
    bcc: '',
    subject: '',
    snippet: '',
    labelIds: [],
    attachmentNames: [],
  };
  const message = apiMessage.parse(
    JSON.parse(JSON.stringify(messageResource({ summary, raw }, 'full', { state: createAccountState() }))),
  );
  const payload = message.payload ?? { mimeType: '', headers: [], parts: [] };
  if (hasUnreadableFile(payload))
    return (await readRaw({ ...message, raw: Buffer.from(raw).toString('base64url') })).body?.content ?? parseMime(raw);
  const tree = readPartTree(raw);
  const ids = new Map(idsOf(payload));
  const textsOf = (parts: readonly ApiPart[]): PartTexts =>
    new Map(
      parts.flatMap((part) => {
        const inline = inlineText(part);
        if (inline !== undefined) return [[part, inline] as const];
        const found = findPart(tree, ids.get(part) ?? '');
        return found === undefined ? [] : [[part, { bytes: decodePart(found), isUtf8: false }] as const];
      }),
    );
  const texts = textsOf(missingTexts(payload));
  const { fetched, missing } = await readFull(message, texts, 'me@example.org');
  const whole =
    missing.length === 0
      ? fetched
      : (await readFull(message, new Map([...texts, ...textsOf(missing)]), 'me@example.org')).fetched;
  return whole.body?.content ?? parseMime(raw);
}

/** What a reader would see of a message, as one text to compare. White space in a row is one space. */
export function visibleContent(content: MailContent | ParsedMail): string {
  const { from, to, cc, replyTo, subject, dateMs, messageId, references, listId, text, html, attachments } = content;
  const files = attachments.map(({ filename, mimeType, isInline, contentId }) => ({
    filename,
    mimeType,
    isInline,
    contentId,
  }));
  const shown = { from, to, cc, replyTo, subject, dateMs, messageId, references, listId, files };
  const seen = JSON.stringify({ ...shown, text: text ?? '', html: html ?? '' });
  return seen.replaceAll(/(?:\s|\\[rnt])+/g, ' ').replaceAll(/ (?=")/g, '');
}

/** Both readings of a file: of the message itself, and through Gmail's JSON. Undefined where it is refused. */
export async function readBoth(
  file: string,
): Promise<{ readonly raw: ParsedMail; readonly gmail: MailContent } | undefined> {
  const bytes = readFileSync(file);
  try {
    return { raw: await parseMime(bytes), gmail: await contentThroughGmail(bytes) };
  } catch {
    return undefined;
  }
}
