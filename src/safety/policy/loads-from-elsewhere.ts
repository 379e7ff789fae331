import { parseHtml } from '../../mail/html/parse-html.ts';

/** Elements that show text and fetch nothing, and those around them. */
const textElements = new Set(
  'html head title body a abbr address b bdi bdo big blockquote br center cite code dd del dfn div dl dt em font h1 h2 h3 h4 h5 h6 hr i ins kbd li mark ol p pre q s samp small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var wbr'.split(
    ' ',
  ),
);

/** Attributes that only say how text looks or where a link leads: links are followed by hand. */
const textAttributes = new Set(
  'align alt bgcolor border cellpadding cellspacing class color colspan data-smartmail dir face height href lang rel rowspan size target title valign width'.split(
    ' ',
  ),
);

/** What a style needs to fetch something, or to hide that it does: brackets, escapes, at-rules, comments. */
const fetchingStyle = /[(\\@]|\/\*/;

function isHarmless(name: string, attributes: Readonly<Record<string, string>>): boolean {
  if (name === 'meta') return (attributes['http-equiv'] ?? 'content-type').toLowerCase() === 'content-type';
  const isPicture = name === 'img';
  if (!isPicture && !textElements.has(name)) return false;
  return Object.entries(attributes).every(
    ([key, value]) =>
      textAttributes.has(key) ||
      (key === 'style' && !fetchingStyle.test(value)) ||
      // A picture that the message itself brings along (RFC 2392, RFC 2397).
      (isPicture && key === 'src' && /^(?:cid|data):/i.test(value)),
  );
}

/**
 * Whether showing HTML may fetch something from elsewhere, which tells whoever serves it that it was shown, and anything
 * that stands in the address. Whatever is not known to be harmless counts.
 */
export function loadsFromElsewhere(html: string): boolean {
  let isFound = false;
  parseHtml(html, {
    open(name, attributes) {
      if (!isHarmless(name, attributes)) isFound = true;
    },
    text: () => {},
    close: () => {},
    abandonOpen: () => {},
  });
  return isFound;
}
