import { setImmediate } from 'node:timers/promises';
import type { Address, ParsedMail } from '../../mail/message.ts';
import { indexableText } from '../../mail/text/tokenize-text.ts';
import type { IndexedField } from '../../store/mail/condition.ts';

/** Characters of a body that are searchable; the rest of a longer one is stored and read, not found. */
const maxIndexedCharacters = 256 * 1024;
const snippetCharacters = 200;

/** Of a long body so much is made searchable at once, some 20 ms of work at most, before other calls get their turn. */
const turnCharacters = 32 * 1024;

/** What each field of the full-text index holds for a message. */
export async function indexedTextsOf(
  parsed: ParsedMail,
  body: string,
): Promise<Readonly<Record<IndexedField, string>>> {
  return {
    subject: indexableText(parsed.subject),
    sender: addressText(parsed.from),
    recipients: addressText(parsed.to),
    cc: addressText(parsed.cc),
    bcc: addressText(parsed.bcc),
    deliveredTo: indexableText(parsed.deliveredTo.join(', ')),
    list: indexableText(parsed.listId),
    filename: indexableText(parsed.attachments.map(({ filename }) => filename).join(', ')),
    body: await indexableBody(body.slice(0, maxIndexedCharacters)),
  };
}

/** {@link indexableText} in pieces, cut where a word begins. */
async function indexableBody(body: string): Promise<string> {
  if (body.length <= turnCharacters) return indexableText(body);
  const pieces: string[] = [];
  for (let start = 0; start < body.length;) {
    const most = start + turnCharacters;
    const space = most < body.length ? body.lastIndexOf(' ', most) : body.length;
    const end = space > start ? space : most;
    pieces.push(indexableText(body.slice(start, end)));
    start = end;
    await setImmediate();
  }
  return pieces.join('');
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
