import { TextDecoder } from 'node:util';
import { decodeUnlabelled } from '../../mail/mime/decode-bytes.ts';
import type { MimePart } from '../../mail/mime/part-tree.ts';
import { readParameters } from '../../mail/mime/read-parameters.ts';

/**
 * The text of a part as it is in a message's JSON: Gmail makes it UTF-8, and leaves the charset of its Content-Type as it
 * was. `content` is the part after its transfer encoding, which is also what counts for `body.size`.
 */
export function inlineText({ headers }: Pick<MimePart, 'headers'>, content: Uint8Array): Uint8Array {
  const contentType = headers.find(({ name }) => name.toLowerCase() === 'content-type')?.value ?? '';
  const charset = readParameters(contentType).parameters.get('charset');
  return Buffer.from(decodeAs(content, charset));
}

/** A charset that is named wins, where it is known and fits: the 7-bit ones of Japan are valid UTF-8, too. */
function decodeAs(content: Uint8Array, charset: string | undefined): string {
  try {
    return new TextDecoder(charset ?? '', { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return decodeUnlabelled(content, charset);
  }
}
