import * as z from 'zod';
import { attachmentFacts, mailContent } from '../mail/content-schema.ts';
import type { Attachment, MailContent, ParsedMail } from '../mail/message.ts';
import { textOfBlob, type Frame } from './frames.ts';

/** The texts are behind the header, as bytes: as JSON, megabytes of them would hold the server up. */
const header = mailContent.omit({ text: true, html: true }).extend({
  attachments: z.array(attachmentFacts.extend({ charset: z.string().exactOptional() })),
  hasText: z.boolean(),
  hasHtml: z.boolean(),
});

/** A parsed message on its way between processes: its texts, then perhaps the bytes of its files, behind the rest of it. */
export function mailToFrame({ text, html, ...parsed }: ParsedMail, withFiles: boolean): Frame {
  const attachments = parsed.attachments.map(({ content: _content, ...facts }) => facts);
  const files = withFiles ? parsed.attachments.map(({ content }) => content) : [];
  return {
    header: { ...parsed, attachments, hasText: text !== undefined, hasHtml: html !== undefined },
    blobs: [Buffer.from(text ?? ''), Buffer.from(html ?? ''), ...files],
  };
}

/** The message of {@link mailToFrame}, without the bytes of its files. Throws for what is none. */
export function contentOfFrame({ header: given, blobs: [text, html] }: Frame): MailContent {
  const { hasText, hasHtml, ...rest } = header.parse(given);
  return { ...rest, ...(hasText ? { text: textOfBlob(text) } : {}), ...(hasHtml ? { html: textOfBlob(html) } : {}) };
}

/** The message of {@link mailToFrame}. Throws for what is none. */
export function mailOfFrame(frame: Frame): ParsedMail {
  const [, , ...files] = frame.blobs;
  const content = contentOfFrame(frame);
  const withBytes = content.attachments.map((facts, index): Attachment => ({
    ...facts,
    content: files[index] ?? new Uint8Array(),
  }));
  return { ...content, attachments: withBytes };
}
