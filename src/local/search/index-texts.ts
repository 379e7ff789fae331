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

/** Lines of an attribution: `On Mon, Nov 2, 2026 at 9:15 AM` and `Ann Lee <ann@example.org> wrote:`. */
const maxAttributionLines = 3;

/** The addresses that are put behind the words of links. */
const linkTarget = / \((?:https?:\/\/|mailto:|tel:)[^\s()]{1,2000}\)/g;

/** The first words of a body that are its author's, on one line: without quoted lines, and without the addresses of links. */
export function snippetOf(body: string): string {
  // Ten times the length is enough of any text that is not all white space, and of most that begin with a quote.
  const start = body.slice(0, snippetCharacters * 10);
  const line = onOneLine(withoutQuotes(start)) || onOneLine(start);
  const isInsidePair = /[\ud800-\udbff]$/.test(line.slice(0, snippetCharacters));
  return line.slice(0, isInsidePair ? snippetCharacters - 1 : snippetCharacters).trim();
}

/** The words with single spaces between, to the first that a snippet has no room for. */
function onOneLine(text: string): string {
  let line = '';
  for (const [word] of text.replaceAll(linkTarget, '').matchAll(/\S+/g)) {
    line += line === '' ? word : ` ${word}`;
    if (line.length > snippetCharacters) break;
  }
  return line;
}

function isQuoted(line: string): boolean {
  return line.startsWith('>');
}

/** What is not quoted; what introduces a quote that the text begins with goes with it, where anything follows. */
function withoutQuotes(text: string): string {
  const lines = text.trimStart().split('\n');
  const quote = lines.findIndex(isQuoted);
  if (quote < 0) return text;
  const above = lines.slice(0, quote).join('\n').trimEnd().split('\n');
  const isAttribution =
    above.length <= maxAttributionLines &&
    !above.some((line) => line.trim() === '') &&
    /[:：]$/.test(above.at(-1) ?? '') &&
    (above.length === 1 || /[\d@]/.test(above[0] ?? ''));
  const own = (from: number): string => lines.filter((line, at) => at >= from && !isQuoted(line)).join('\n');
  return (isAttribution && own(quote).trim()) || own(0);
}
