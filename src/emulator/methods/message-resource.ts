import type { AccountState } from '../account-state.ts';
import type { FiledMessage } from '../../mail/mailbox.ts';
import type { MessageSummary, RawMessage } from '../../mail/message.ts';
import type { MimePart, PartHeader } from '../../mail/mime/part-tree.ts';
import { decodePart, readPartTree } from '../../mail/mime/part-tree.ts';
import { makeAttachmentId } from './attachment-id.ts';
import { inlineText } from './inline-text.ts';
import { snippetOf } from './snippet.ts';

/** How much of a message is answered. */
export const messageFormats = ['minimal', 'full', 'raw', 'metadata'] as const;
export type MessageFormat = (typeof messageFormats)[number];

/** What a write answers of a message. */
export function messageReference({ id, threadId, labelIds }: FiledMessage): object {
  return { id, threadId, ...labelsField(labelIds) };
}

/** What a message is shown with beside itself. */
export interface Showing {
  readonly state: Pick<AccountState, 'threadHistoryIds'>;
  /** The only headers of `metadata`; an empty list shows all. */
  readonly metadataHeaders?: readonly string[];
  /** Whether the token may see no more than labels and headers. */
  readonly isMetadataOnly?: boolean;
}

/** A message in Gmail's JSON. */
export function messageResource(
  message: RawMessage,
  format: MessageFormat = 'full',
  { state, metadataHeaders = [], isMetadataOnly = false }: Showing,
): object {
  const { summary, raw } = message;
  const { id, threadId, labelIds, sizeEstimate, internalDate } = summary;
  return {
    id,
    threadId,
    ...labelsField(labelIds),
    ...(isMetadataOnly ? {} : { snippet: snippetOf(message) }),
    ...payloadField(summary, raw, format, metadataHeaders),
    ...(isMetadataOnly && format === 'minimal' ? { payload: { partId: '' } } : {}),
    sizeEstimate,
    ...(format === 'raw' ? { raw: toBase64Url(raw) } : {}),
    historyId: shownHistoryId(summary, state),
    internalDate,
  };
}

/** The history id of a message as it is shown. */
export function shownHistoryId(
  { id, historyId }: Pick<MessageSummary, 'id' | 'historyId'>,
  { threadHistoryIds }: Pick<AccountState, 'threadHistoryIds'>,
): string {
  const known = threadHistoryIds.get(id);
  return known?.own === historyId ? known.shown : historyId;
}

/** Base64 as Gmail writes it: the URL's alphabet, and padded. */
export function toBase64Url(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  return text.replaceAll('+', '-').replaceAll('/', '_');
}

/** An empty list is not answered at all, as everywhere in Google's JSON. */
function labelsField(labelIds: readonly string[]): object {
  return labelIds.length === 0 ? {} : { labelIds };
}

function payloadField(
  { id }: MessageSummary,
  raw: Uint8Array,
  format: MessageFormat,
  metadataHeaders: readonly string[],
): object {
  switch (format) {
    case 'minimal':
    case 'raw':
      return {};
    case 'metadata': {
      const { mimeType, headers } = readPartTree(raw);
      const wanted = new Set(metadataHeaders.map((name) => name.toLowerCase()));
      const shown = headers.filter(({ name }) => wanted.size === 0 || wanted.has(name.toLowerCase()));
      return { payload: { mimeType, ...headersField(shown) } };
    }
    case 'full':
      return { payload: partResource(readPartTree(raw), id) };
  }
}

function headersField(headers: readonly PartHeader[]): object {
  return headers.length === 0 ? {} : { headers };
}

function partResource(part: MimePart, messageId: string): object {
  const { partId, mimeType, filename, headers, parts } = part;
  return {
    partId,
    mimeType,
    filename,
    ...headersField(headers),
    body: bodyResource(part, messageId),
    ...(parts.length === 0 ? {} : { parts: parts.map((inner) => partResource(inner, messageId)) }),
  };
}

/** Text stands in the message itself; files, and whatever else is no text, are read one by one. */
function bodyResource(part: MimePart, messageId: string): object {
  const { mimeType, filename, parts, partId } = part;
  const isMultipart = mimeType.startsWith('multipart/');
  if (parts.length > 0 && (isMultipart || (mimeType.startsWith('message/') && filename === ''))) return { size: 0 };
  // What calls itself a multipart and has no parts is shown as the text that stands there.
  const isInline = isMultipart || (mimeType.startsWith('text/') && filename === '');
  if (!isInline) return { attachmentId: makeAttachmentId(messageId, partId), size: decodePart(part).length };
  const { sizeBytes, text } = inlineText(part);
  return sizeBytes === 0 ? { size: 0 } : { size: sizeBytes, data: toBase64Url(Buffer.from(text)) };
}
