import type { Inline } from './block.ts';
import type { LinkList } from './link-list.ts';
import { shownAddress } from './shown-address.ts';

/** Writes a piece of a line. */
export type InlineWriter = (content: readonly Inline[]) => string;

/** Plain addresses up to this length stay where they are: a number and its entry would cost as much. */
const maxPlainAddressCharacters = 70;

const plainAddress = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]/g;

/** A writer that numbers links in `links`, or without it puts addresses behind their words, each once. */
export function inlineWriter(links: LinkList | undefined): InlineWriter {
  if (links === undefined) return addressWriter();
  return (content) =>
    content
      .map((inline) => {
        if (inline.kind === 'picture') return `[${inline.text}]`;
        if (inline.kind === 'text') return shortenAddresses(inline.text, links);
        return numbered(inline, links);
      })
      .join('');
}

function numbered({ target, text }: { readonly target: string; readonly text: string }, links: LinkList): string {
  const address = shownAddress(target, text);
  if (text.trim() === '') return text;
  if (address === undefined) return shortenAddresses(text, links);
  const link = links.add(target, text);
  // Mail and telephone addresses are short and say what they are.
  if (link === undefined) return behind(text, `(${address})`);
  return behind(text, link.isMisleading ? `[${link.number}: leads to ${link.host}]` : `[${link.number}]`);
}

/** Long addresses in a text become their host and a number. */
function shortenAddresses(text: string, links: LinkList): string {
  if (text.length <= maxPlainAddressCharacters) return text;
  return text.replaceAll(plainAddress, (address) => {
    if (address.length <= maxPlainAddressCharacters) return address;
    const link = links.add(address, '');
    return link === undefined ? address : `${link.host}/… [${link.number}]`;
  });
}

/** White space at the end of a link's words stays behind what is added to them. */
function behind(text: string, addition: string): string {
  const words = text.trimEnd();
  return `${words} ${addition}${text.slice(words.length)}`;
}

function addressWriter(): InlineWriter {
  const shown = new Set<string>();
  const write = (inline: Inline): string => {
    if (inline.kind === 'picture') return `[${inline.text}]`;
    if (inline.kind === 'text' || inline.text.trim() === '') return inline.text;
    const address = shownAddress(inline.target, inline.text);
    if (address === undefined || shown.has(address)) return inline.text;
    shown.add(address);
    return behind(inline.text, `(${address})`);
  };
  return (content) => content.map(write).join('');
}
