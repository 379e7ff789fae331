import { dataText } from '../cascade/data-url.ts';
import { matchesMedia } from '../css/media-query.ts';
import { tokensOf } from '../css/tokens.ts';
import { attributeOf, isElement, mathNamespace, type HtmlElement } from '../dom/html-document.ts';

/** The style sheets of a document that a browser applies to the screen, in their order. */
export function styleSheetsOf(root: HtmlElement): readonly string[] {
  const sheets: string[] = [];
  let preferredTitle: string | undefined;
  const visit = (element: HtmlElement): void => {
    const css = sheetOf(element);
    if (css !== undefined && matchesMedia(tokensOf(attributeOf(element, 'media') ?? ''))) {
      // Of sheets with titles, those of the first are preferred, the others are alternatives.
      const title = attributeOf(element, 'title') ?? '';
      if (title !== '') preferredTitle ??= title;
      if (title === '' || title === preferredTitle) sheets.push(css);
    }
    for (const child of element.childNodes) if (isElement(child)) visit(child);
  };
  visit(root);
  return sheets;
}

function sheetOf(element: HtmlElement): string | undefined {
  const type = (attributeOf(element, 'type') ?? '').trim().toLowerCase();
  if (type !== '' && type !== 'text/css') return undefined;
  if (element.tagName === 'style' && element.namespaceURI !== mathNamespace) {
    return element.childNodes.map((child) => ('value' in child ? child.value : '')).join('');
  }
  const isSheet = element.tagName === 'link' && /(?:^|\s)stylesheet(?:\s|$)/i.test(attributeOf(element, 'rel') ?? '');
  const isAlternate = /(?:^|\s)alternate(?:\s|$)/i.test(attributeOf(element, 'rel') ?? '');
  return isSheet && !isAlternate ? dataText(attributeOf(element, 'href') ?? '', 'text/css') : undefined;
}
