import type { Address, ParsedMail } from '../../mail/message.ts';
import { indexableText } from '../../mail/text/tokenize-text.ts';
import type { IndexedField } from '../../store/mail/condition.ts';

/** Characters of a body that are searchable; the rest of a longer one is stored and read, not found. */
const maxIndexedCharacters = 256 * 1024;
const snippetCharacters = 200;

/** What each field of the full-text index holds for a message. */
export function indexedTextsOf(parsed: ParsedMail, body: string): Readonly<Record<IndexedField, string>> {
  return {
    subject: indexableText(parsed.subject),
    sender: addressText(parsed.from),
    recipients: addressText(parsed.to),
    cc: addressText(parsed.cc),
    bcc: addressText(parsed.bcc),
    deliveredTo: indexableText(parsed.deliveredTo.join(', ')),
    list: indexableText(parsed.listId),
    filename: indexableText(parsed.attachments.map(({ filename }) => filename).join(', ')),
    body: indexableText(body.slice(0, maxIndexedCharacters)),
  };
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
