import type { RawMessage } from '../../mail/message.ts';
import { parseHtml } from '../../mail/html/parse-html.ts';
import type { MimePart } from '../../mail/mime/part-tree.ts';
import { readPartTree } from '../../mail/mime/part-tree.ts';
import { inlineText } from './inline-text.ts';

/** Characters of a snippet at most, counted as it is written. */
const maxCharacters = 200;
/** Bytes of a text that are looked at: enough for any snippet, whatever stands before the first words. */
const readBytes = 256 * 1024;
/** Snippets that are remembered: a message never changes. */
const maxKnown = 10_000;

const known = new Map<string, string>();

/** The first words of a message as Gmail shows them: of its HTML where it has one, cut between words, escaped for HTML. */
export function snippetOf({ summary, raw }: RawMessage): string {
  const key = `${summary.id} ${raw.length}`;
  const snippet = known.get(key) ?? cut(firstWords(raw));
  if (known.size >= maxKnown) known.clear();
  known.set(key, snippet);
  return snippet;
}

function firstWords(raw: Uint8Array): string {
  const texts = textsIn(readPartTree(raw));
  const html = texts.find(({ mimeType }) => mimeType === 'text/html');
  const part = html ?? texts[0];
  if (part === undefined) return '';
  const { text } = inlineText({ ...part, encoded: part.encoded.subarray(0, readBytes) });
  return part === html ? textOfHtml(text) : text;
}

/** The texts that are shown, in order; those of attached messages are not. */
function textsIn(part: MimePart): readonly MimePart[] {
  if (part.mimeType.startsWith('multipart/') && part.parts.length > 0) return part.parts.flatMap(textsIn);
  return part.mimeType.startsWith('text/') && part.filename === '' ? [part] : [];
}

const unread: ReadonlySet<string> = new Set(['head', 'title', 'style', 'script']);

/** Everything that is text of the page, hidden or not: that is where senders put their preheaders. */
function textOfHtml(html: string): string {
  const words: string[] = [];
  const open: string[] = [];
  parseHtml(html, {
    open(name) {
      open.push(name);
      words.push(' ');
    },
    text(text) {
      if (!open.some((name) => unread.has(name))) words.push(text);
    },
    close(name) {
      open.splice(Math.max(0, open.lastIndexOf(name)));
      words.push(' ');
    },
    abandonOpen() {
      open.length = 0;
    },
  });
  return words.join('');
}

function cut(text: string): string {
  const words = text.split(/\s+/).filter((word) => word !== '');
  let snippet = '';
  for (const word of words) {
    const longer = snippet === '' ? escapeSnippet(word) : `${snippet} ${escapeSnippet(word)}`;
    if (longer.length > maxCharacters) return snippet === '' ? escapeSnippet(word.slice(0, maxCharacters)) : snippet;
    snippet = longer;
  }
  return snippet;
}

/** Escaped for HTML. */
function escapeSnippet(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
