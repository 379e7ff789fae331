import { attributeOf, isElement, parseDocument, type HtmlElement, type HtmlNode } from './dom/html-document.ts';
import { escapeHtml } from './escape-html.ts';

/** Elements that are gone with all that is in them: they run, load, lead or ask, or are read by other rules than HTML. */
const dropped = new Set(
  'applet audio base button canvas datalist embed frame frameset iframe input link map meta meter noembed noframes object option param plaintext progress script select source svg math template textarea title track video xmp'.split(
    ' ',
  ),
);
/** Elements that only hold others; what is in them stays. */
const unwrapped = new Set('body form head html noscript picture'.split(' '));
const voidElements = new Set('area br col hr img wbr'.split(' '));

/** Attributes that only say how something looks, or are read aloud. */
const kept = new Set(
  'abbr align alt bgcolor border cellpadding cellspacing class color colspan dir face height hspace id lang nowrap reversed role rowspan scope size span start style summary type valign value vspace width'.split(
    ' ',
  ),
);

/** Pictures that a message can hold in itself. */
const pictureData = /^data:image\/(?:png|jpeg|gif|webp);base64,[a-z0-9+/=\s]*$/i;

/** Everything that a longer document says is left out. */
const maxHtmlCharacters = 2_000_000;

/** Styles without addresses; the end of their element cannot be among them. */
function safeStyles(css: string): string {
  return css
    .replaceAll(/@import\b[^;]*;?/gi, '')
    .replaceAll(/(?:url|image|image-set|src)\s*\([^)]*\)?/gi, 'none')
    .replaceAll('</', '');
}

/** Where a link leads, to be read: it leads nowhere here. */
function linkTarget(element: HtmlElement): readonly string[] {
  const address = attributeOf(element, 'href')?.trim() ?? '';
  return element.tagName === 'a' && address !== '' ? [` title="${escapeHtml(address.slice(0, 500))}"`] : [];
}

/**
 * The HTML of a mail as a document for a frame without scripts: laid out as its sender wrote it, with nothing in it that
 * runs, loads, leads anywhere or asks for anything. Pictures that came with the mail are put into it: `pictureOf` has
 * their `data:` address by content id (RFC 2392). Others show their words.
 */
export function framedHtml(html: string, pictureOf: (contentId: string) => string | undefined): string {
  const { root, isQuirky } = parseDocument(html.slice(0, maxHtmlCharacters));

  function sourceOf(element: HtmlElement): readonly string[] {
    const address = (attributeOf(element, 'src') ?? '').trim();
    const data = /^cid:/i.test(address) ? pictureOf(decodedId(address.slice('cid:'.length))) : address;
    return data !== undefined && pictureData.test(data) ? [` src="${escapeHtml(data)}"`] : [];
  }

  function attributes(element: HtmlElement): string {
    const looks = element.attrs
      .filter(({ name }) => kept.has(name))
      .map(({ name, value }) => ` ${name}="${escapeHtml(name === 'style' ? safeStyles(value) : value)}"`);
    return [...looks, ...linkTarget(element), ...(element.tagName === 'img' ? sourceOf(element) : [])].join('');
  }

  function write(node: HtmlNode): string {
    if (!isElement(node)) return node.nodeName === '#text' && 'value' in node ? escapeHtml(node.value) : '';
    const { tagName: name } = node;
    if (dropped.has(name) || !/^[a-z][a-z0-9]*$/.test(name)) return '';
    if (name === 'style') return `<style>${safeStyles(textOf(node))}</style>`;
    const inner = node.childNodes.map(write).join('');
    if (unwrapped.has(name)) return name === 'body' ? `<div${attributes(node)}>${inner}</div>` : inner;
    return voidElements.has(name) ? `<${name}${attributes(node)}>` : `<${name}${attributes(node)}>${inner}</${name}>`;
  }

  const mode = isQuirky ? '' : '<!doctype html>\n';
  return `${mode}<meta charset="utf-8"><title>Message</title>\n${write(root)}\n`;
}

function textOf({ childNodes }: HtmlElement): string {
  return childNodes.map((node) => ('value' in node ? node.value : '')).join('');
}

function decodedId(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
