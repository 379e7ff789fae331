import type { Address, ParsedMail } from '../../mail/message.ts';
import { indexableText } from '../../mail/text/tokenize-text.ts';

/** Characters of a body that are searchable; the rest of a longer one is stored and read, not found. */
const maxIndexedCharacters = 256 * 1024;
const snippetCharacters = 200;

/** The columns of the full-text index, in its order. */
export type IndexedTexts = readonly [
  subject: string,
  sender: string,
  recipients: string,
  cc: string,
  bcc: string,
  deliveredTo: string,
  list: string,
  filename: string,
  body: string,
];

/** What each column of the index holds for a message. */
export function indexedTextsOf(parsed: ParsedMail, body: string): IndexedTexts {
  return [
    indexableText(parsed.subject),
    addressText(parsed.from),
    addressText(parsed.to),
    addressText(parsed.cc),
    addressText(parsed.bcc),
    indexableText(parsed.deliveredTo.join(', ')),
    indexableText(parsed.listId),
    indexableText(parsed.attachments.map(({ filename }) => filename).join(', ')),
    indexableText(body.slice(0, maxIndexedCharacters)),
  ];
}

function addressText(addresses: readonly Address[]): string {
  return indexableText(addresses.map(({ name, address }) => `${name} ${address}`).join(', '));
}

/** The first words of a body on one line. */
export function snippetOf(body: string): string {
  // Ten times the length is enough of any text that is not all white space.
  const line = body
    .slice(0, snippetCharacters * 10)
    .replaceAll(/\s+/g, ' ')
    .trim();
  const isInsidePair = /[\ud800-\udbff]$/.test(line.slice(0, snippetCharacters));
  return line.slice(0, isInsidePair ? snippetCharacters - 1 : snippetCharacters).trim();
}
