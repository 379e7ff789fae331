import { libraryCharsets } from '../../mail/mime/charset-library.ts';
import { decodeText } from '../../mail/mime/decode-text.ts';
import type { MimePart } from '../../mail/mime/part-tree.ts';

/**
 * The text of a part as it is in a message's JSON: Gmail makes it UTF-8, and leaves the charset of its Content-Type as it
 * was. `content` is the part after its transfer encoding, which is also what counts for `body.size`.
 */
export function inlineText({ parameters }: Pick<MimePart, 'parameters'>, content: Uint8Array): Uint8Array {
  const declared = parameters.get('charset');
  return Buffer.from(decodeText(content, declared === undefined ? {} : { declared }, libraryCharsets()));
}
