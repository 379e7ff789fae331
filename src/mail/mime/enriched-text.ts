const token = /<<|<(\/?)([a-z0-9-]{1,60})>|\n+|[^<\n]+|</gi;

/** Commands whose content says how something looks, or is for the writer alone. */
const unseen: ReadonlySet<string> = new Set(['param', 'comment']);

/** Commands whose content is a paragraph by itself (RFC 1896, "Paragraph formatting"), or a quotation. */
const blocks: ReadonlySet<string> = new Set(
  'center flushleft flushright flushboth paraindent indent indentright excerpt paragraph'.split(' '),
);

/** The text of `text/enriched` (RFC 1896) and of its forerunner `text/richtext` (RFC 1341), without the commands. */
export function enrichedToText(enriched: string): string {
  let text = '';
  let unseenDepth = 0;
  let unfilledDepth = 0;
  let quoteDepth = 0;
  const write = (words: string): void => {
    if (text === '' || text.endsWith('\n')) text += '> '.repeat(quoteDepth);
    text += words;
  };
  for (const [match, slash, written = ''] of enriched.matchAll(token)) {
    const command = written.toLowerCase();
    if (command !== '') {
      const step = slash === '/' ? -1 : 1;
      if (unseen.has(command)) unseenDepth = Math.max(0, unseenDepth + step);
      if (command === 'nofill') unfilledDepth = Math.max(0, unfilledDepth + step);
      if (command === 'lt') write('<');
      if (command === 'nl' || command === 'np') text += '\n';
      if (blocks.has(command) && text !== '' && !text.endsWith('\n')) text += '\n';
      if (command === 'paragraph' && slash === '/') text += '\n';
      if (command === 'excerpt') quoteDepth = Math.min(maxQuoteDepth, Math.max(0, quoteDepth + step));
    } else if (unseenDepth > 0) continue;
    else if (match === '<<') write('<');
    else if (!match.startsWith('\n')) write(match);
    // RFC 1896: a lone line break is a space, of several one goes.
    else if (unfilledDepth > 0) text += match;
    else if (match.length > 1) text += match.slice(1);
    else if (text !== '' && !text.endsWith('\n')) text += ' ';
  }
  return text;
}

const maxQuoteDepth = 10;
