const token = /<<|<(\/?)([a-z0-9-]{1,60})>|\n+|[^<\n]+|</gi;

/** Commands whose content says how something looks, or is for the writer alone. */
const unseen: ReadonlySet<string> = new Set(['param', 'comment']);

/** The text of `text/enriched` (RFC 1896) and of its forerunner `text/richtext` (RFC 1341), without the commands. */
export function enrichedToText(enriched: string): string {
  let text = '';
  let unseenDepth = 0;
  let unfilledDepth = 0;
  for (const [match, slash, written = ''] of enriched.matchAll(token)) {
    const command = written.toLowerCase();
    if (command !== '') {
      const step = slash === '/' ? -1 : 1;
      if (unseen.has(command)) unseenDepth = Math.max(0, unseenDepth + step);
      if (command === 'nofill') unfilledDepth = Math.max(0, unfilledDepth + step);
      if (command === 'lt') text += '<';
      if (command === 'nl' || command === 'np') text += '\n';
      if (command === 'paragraph' && slash === '/') text += '\n\n';
    } else if (unseenDepth > 0) continue;
    else if (match === '<<') text += '<';
    // RFC 1896: a lone line break is a space, of several one goes.
    else if (match.startsWith('\n') && unfilledDepth === 0) text += match.length === 1 ? ' ' : match.slice(1);
    else text += match;
  }
  return text;
}
