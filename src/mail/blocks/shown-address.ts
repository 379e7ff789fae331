/** A longer address is mostly a tracking code: its host says where it leads, and the HTML body has it whole. */
const maxShownCharacters = 120;

/**
 * What to show of a link beside its text, or undefined where its address adds nothing: it stands in the text already, or
 * leads nowhere outside of the mail.
 */
export function shownAddress(href: string, text: string): string | undefined {
  const url = href.replaceAll(/[\s\p{Cc}]+/gu, '');
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase() ?? '';
  if (!['http', 'https', 'mailto', 'tel', 'ftp'].includes(scheme)) return undefined;
  const address = scheme === 'mailto' || scheme === 'tel' ? url.slice(scheme.length + 1).replace(/\?.*$/s, '') : url;
  if (address === '' || comparable(text).includes(comparable(address))) return undefined;
  if (address.length <= maxShownCharacters) return address;
  const origin = /^[a-z]+:\/\/[^/?#]*/i.exec(address)?.[0] ?? '';
  return `${(origin === '' ? address : `${origin}/`).slice(0, maxShownCharacters)}…`;
}

/** An address as people write it: no scheme, no `www.`, no slash at the end. */
function comparable(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/https?:\/\/|www\.|\s/g, '')
    .replace(/\/$/, '');
}
