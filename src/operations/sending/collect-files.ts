import { trimEndOf } from '../../core/trim-end-of.ts';
import { AppError } from '../../core/errors.ts';
import { attachedFile } from '../../mail/compose/quote-message.ts';
import type { FileToAttach } from '../../mail/compose/message-to-write.ts';
import type { MailboxReader } from '../../mail/mailbox.ts';
import type { Uploads } from '../../safety/uploads.ts';
import { ofField } from '../kernel/of-field.ts';
import { attachmentByHandle, parseRaw } from '../messages/message-view.ts';
import { mediaTypeOf } from './media-type-of.ts';
import type { AttachmentField } from './message-fields.ts';

const forms = '{filename, mimeType, contentBase64}, {messageId, attachment} or {uploadId}';

/** What files are collected from. */
export interface FileSources {
  readonly mailbox: MailboxReader;
  readonly uploads: Uploads;
  readonly signal: AbortSignal;
}

function bytesOf(base64: string, field: string): Uint8Array {
  const text = base64.replaceAll(/[\r\n]/g, '');
  if (/^[\w+/-]*={0,2}$/.test(text) && trimEndOf(text, '=').length % 4 !== 1) return Buffer.from(text, 'base64');
  throw new AppError('INVALID_INPUT', `${field}.contentBase64 is no base64.`, {
    field: `${field}.contentBase64`,
    expected: 'base64 or base64url',
    got: text.slice(0, 40),
  });
}

/** The file of one entry without its content id, which means something in its own message only. */
async function fileOf(entry: AttachmentField, field: string, sources: FileSources): Promise<FileToAttach> {
  const { filename, mimeType, contentBase64, messageId, attachment, uploadId } = entry;
  const renamed = {
    ...(filename === undefined ? {} : { filename }),
    ...(mimeType === undefined ? {} : { mimeType }),
  };
  const given = [contentBase64, messageId ?? attachment, uploadId].filter((form) => form !== undefined);
  if (given.length !== 1) throw refuseForm(entry, field);
  if (contentBase64 !== undefined) {
    if (filename === undefined) throw refuseForm(entry, field);
    return { filename, mimeType: mimeType ?? mediaTypeOf(filename), content: bytesOf(contentBase64, field) };
  }
  if (uploadId !== undefined) return { ...(await sources.uploads.read(uploadId, `${field}.uploadId`)), ...renamed };
  if (messageId === undefined || attachment === undefined || !/^a[1-9]\d{0,4}$/.test(attachment)) {
    throw refuseForm(entry, field);
  }
  const { raw } = await ofField(`${field}.messageId`, sources.mailbox.getRawMessage(messageId));
  const found = attachedFile(attachmentByHandle(await parseRaw(raw, sources.signal), attachment));
  return { filename: found.filename, mimeType: found.mimeType, content: found.content, ...renamed };
}

function refuseForm(entry: AttachmentField, field: string): AppError {
  return new AppError('INVALID_INPUT', `${field} does not say in one way which file is meant.`, {
    field,
    expected: forms,
    got: Object.keys(entry).join(', ') || 'nothing',
    hint: 'A file of this machine is sent to POST /api/uploads of the REST server first; paths are not read.',
  });
}

/**
 * The files that a message is to carry, in the order given: bytes of the caller, attachments of other messages, uploads.
 * Throws `INVALID_INPUT` naming the entry, `NOT_FOUND` for a message, an attachment or an upload that is not there.
 */
export async function collectFiles(
  entries: readonly AttachmentField[],
  sources: FileSources,
): Promise<readonly FileToAttach[]> {
  const files: FileToAttach[] = [];
  for (const [index, entry] of entries.entries()) files.push(await fileOf(entry, `attachments[${index}]`, sources));
  return files;
}
