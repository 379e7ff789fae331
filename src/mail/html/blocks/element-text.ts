import { attributeOf, type HtmlElement } from '../dom/html-document.ts';

/** Pictures that are no wider or higher than this count who opens a mail, or keep distance. */
const pixelPattern = /^\s*0*[01](?:px)?\s*$/;

/** Whether a picture is there to be seen. */
export function isRealPicture(element: HtmlElement): boolean {
  return !['width', 'height'].some((side) => pixelPattern.test(attributeOf(element, side) ?? ''));
}

/** What a picture or an area of one says; empty where it says nothing. */
export function alternativeText(element: HtmlElement): string {
  return (attributeOf(element, 'alt') ?? '').replaceAll(/\s+/g, ' ').trim();
}

const buttonTypes: Readonly<Record<string, string>> = { submit: 'Submit', reset: 'Reset', button: '' };
const textlessTypes = new Set('checkbox color file hidden image password radio range'.split(' '));

/** What a form field shows; empty for boxes and circles to tick. */
export function formText(element: HtmlElement): string {
  const type = (attributeOf(element, 'type') ?? 'text').trim().toLowerCase();
  if (type === 'image') return alternativeText(element);
  if (textlessTypes.has(type)) return '';
  const value = attributeOf(element, 'value');
  if (value !== undefined && value !== '') return value;
  return buttonTypes[type] ?? attributeOf(element, 'placeholder') ?? '';
}
