import type { Value } from '../css/tokens.ts';
import { attributeOf, type HtmlElement } from '../dom/html-document.ts';

/** The text of a `content` value: its strings, attributes and quotation marks. Counters and pictures leave nothing. */
export function generatedText(content: readonly Value[], element: HtmlElement): string {
  return content.map((value) => textOf(value, element)).join('');
}

function textOf(value: Value, element: HtmlElement): string {
  if (value.kind === 'text') return value.text;
  if (value.kind === 'word') return value.name === 'open-quote' ? '“' : value.name === 'close-quote' ? '”' : '';
  const [name] = value.kind === 'function' && value.name === 'attr' ? value.values : [];
  return name?.kind === 'word' ? (attributeOf(element, name.name) ?? '') : '';
}
