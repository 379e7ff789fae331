import { readDeclarations } from '../css/declarations.ts';
import { parseStyleAttribute } from '../css/parse-sheet.ts';
import { tokensOf } from '../css/tokens.ts';
import { attributeOf, isElement, type HtmlElement, type HtmlNode } from '../dom/html-document.ts';

/** Elements that may have a shadow root (DOM, section 4.8), beside those with a hyphen in their names. */
const hosts = new Set(
  'article aside blockquote body div footer h1 h2 h3 h4 h5 h6 header main nav p section span'.split(' '),
);

/**
 * The names of the slots in which a declarative shadow root shows what is in its element, `''` for what names none; undefined
 * where the element has no such root. The sheets in the root are not followed.
 */
export function shownSlots({ tagName, childNodes }: HtmlElement): ReadonlySet<string> | undefined {
  if (!hosts.has(tagName) && !tagName.includes('-')) return undefined;
  const template = childNodes.find(isShadowRoot);
  if (template === undefined || !('content' in template)) return undefined;
  const names = new Set<string>();
  const visit = (node: HtmlNode): void => {
    if (!isElement(node) || isUndisplayed(node)) return;
    if (node.tagName === 'slot') names.add(attributeOf(node, 'name') ?? '');
    node.childNodes.forEach(visit);
  };
  template.content.childNodes.forEach(visit);
  return names;
}

function isShadowRoot(node: HtmlNode): boolean {
  if (!isElement(node) || node.tagName !== 'template') return false;
  return /^(?:open|closed)$/i.test(attributeOf(node, 'shadowrootmode') ?? '');
}

function isUndisplayed(element: HtmlElement): boolean {
  const style = attributeOf(element, 'style');
  if (style === undefined) return attributeOf(element, 'hidden') !== undefined;
  const declared = readDeclarations(parseStyleAttribute(tokensOf(style)), false);
  const display = declared.findLast(({ property }) => property === 'display')?.specified;
  return display?.kind === 'values' && display.values.some((value) => value.kind === 'word' && value.name === 'none');
}
