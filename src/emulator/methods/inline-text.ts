import { libraryCharsets } from '../../mail/mime/charset-library.ts';
import { decodeText } from '../../mail/mime/decode-text.ts';
import { decodeTransfer } from '../../mail/mime/decode-transfer.ts';
import type { MimePart } from '../../mail/mime/part-tree.ts';

/** A part as text. */
interface InlineText {
  /** Of the original bytes, after their transfer encoding. */
  readonly sizeBytes: number;
  readonly text: string;
}

/**
 * The text of a part as it is in a message's JSON: Gmail makes it UTF-8, and leaves the charset of its Content-Type as it
 * was. What it does with text of an unknown charset, or behind a base64 body, is not known: it is what our parser does.
 */
export function inlineText({ parameters, mimeType, encoded, transferEncoding }: MimePart): InlineText {
  const declared = parameters.get('charset');
  const hints = { ...(declared === undefined ? {} : { declared }), isHtml: mimeType === 'text/html' };
  const { content, plainTail = Buffer.alloc(0) } = decodeTransfer(encoded, transferEncoding);
  const [text, tail] = [content, plainTail].map((bytes) => decodeText(bytes, hints, libraryCharsets()));
  return { sizeBytes: content.length + plainTail.length, text: `${text}${tail}` };
}
