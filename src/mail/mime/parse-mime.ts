import type { ParsedMail } from '../message.ts';
import type { Charsets } from './charsets.ts';
import { basicCharsets } from './charsets.ts';
import { nearbyCharset } from './decode-words.ts';
import type { MimePart } from './part-tree.ts';
import { readPartTree } from './part-tree.ts';
import { readBody } from './read-body.ts';
import { readMailHeaders } from './read-headers.ts';
import { readParameters } from './read-parameters.ts';
import { splitHeaders } from './split-headers.ts';
import { withCharsets } from './with-charsets.ts';

/**
 * Everything a message says of itself. However broken the message is, what can be read is read; never throws for what it
 * holds. The time goes with the bytes.
 */
export async function parseMime(raw: Uint8Array): Promise<ParsedMail> {
  return withCharsets((charsets) => parseWith(raw, charsets));
}

function parseWith(raw: Uint8Array, charsets: Charsets): ParsedMail {
  const root = readPartTree(raw, { charsets });
  const nearby = nearbyCharset(textCharset(root));
  const reader = { charsets, ...(nearby === undefined ? {} : { nearby }) };
  return { ...readMailHeaders(root.rawHeaders, reader), ...readBody(root, reader) };
}

/** What the header says, without any body, read with the charsets at hand. Never throws. */
export function parseHeadersOnly(raw: Uint8Array): ParsedMail {
  const { headers } = splitHeaders(raw);
  const type = headers.find(({ name }) => name === 'content-type')?.latin1 ?? '';
  const charsets = basicCharsets();
  const nearby = nearbyCharset(readParameters(type, { charsets }).parameters.get('charset'));
  const reader = { charsets, ...(nearby === undefined ? {} : { nearby }) };
  return { ...readMailHeaders(headers, reader), attachments: [] };
}

/** The charset that the first text of a message declares: its writer's header is in the same one, most probably. */
function textCharset({ parameters, parts }: MimePart): string | undefined {
  const own = parameters.get('charset');
  if (own !== undefined) return own;
  for (const part of parts) {
    const charset = textCharset(part);
    if (charset !== undefined) return charset;
  }
  return undefined;
}
