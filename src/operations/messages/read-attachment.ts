import { posix } from 'node:path';
import * as z from 'zod';
import { imageFacts } from '../../documents/image-size.ts';
import { safeFilename } from '../../mail/mime/safe-filename.ts';
import { unpackEntry } from '../../parser/tasks.ts';
import type { Call } from '../kernel/call.ts';
import type { FileAnswer } from '../kernel/operation.ts';
import { ofField } from '../kernel/of-field.ts';
import { defineFileOperation } from '../kernel/operation.ts';
import { gmailId, maxChars } from './message-schemas.ts';
import { attachmentByHandle, parseRaw } from './message-view.ts';
import { attachmentLimits, renderAttachment } from './render-attachment.ts';

/** The largest picture that a model is shown; clients refuse larger ones. */
const maxImageBytes = 1_000_000;

/** A file in an archive is named behind the archive's handle: `a2/folder/file.txt`. */
const handle = /^(a[1-9]\d{0,4})(?:\/(.{1,1000}))?$/s;

function withImage(file: FileAnswer): FileAnswer {
  const facts = file.content.byteLength > maxImageBytes ? undefined : imageFacts(file.content);
  return facts === undefined ? file : { ...file, image: { mimeType: facts.mimeType, content: file.content } };
}

async function entryOf(file: FileAnswer, path: string, call: Call): Promise<FileAnswer> {
  const content = await unpackEntry(file.content, path, attachmentLimits(call));
  return { filename: safeFilename(posix.basename(path)), mimeType: 'application/octet-stream', content };
}

export const readAttachment = defineFileOperation({
  name: 'read_attachment',
  route: 'GET /api/messages/{messageId}/attachments/{attachment}',
  grant: 'read',
  toolset: 'core',
  summary:
    'Read an attachment by its handle: the text of documents (PDF, Word, Excel, PowerPoint, calendar, …), pictures, the list of files in an archive.',
  input: {
    messageId: gmailId,
    attachment: z
      .string()
      .regex(handle, 'expected a handle such as a1, from read_message; a file in an archive is a1/name')
      .describe('a1, or a1/name for a file in an archive.'),
    maxChars,
    offset: z.int().min(0).max(100_000_000).default(0).describe('Characters to skip, to go on from.'),
  },
  mediaType: '*/*',
  run: async ({ messageId, attachment }, call) => {
    const [, outer = '', path] = handle.exec(attachment) ?? [];
    const { raw } = await ofField('messageId', call.mailbox.getRawMessage(messageId));
    const { filename, mimeType, content, charset } = attachmentByHandle(await parseRaw(raw, call.signal), outer);
    const file = { filename, mimeType, content, ...(charset === undefined ? {} : { charset }) };
    return withImage(path === undefined ? file : await entryOf(file, path, call));
  },
  text: renderAttachment,
});
