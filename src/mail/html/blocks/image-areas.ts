import { attributeOf, isElement, type HtmlElement } from '../dom/html-document.ts';

/** A part of a picture that leads somewhere by itself. */
export interface ImageArea {
  readonly target: string;
  readonly element: HtmlElement;
}

/** More areas of one picture are not looked at. */
const maxAreas = 200;

/** Finds the areas of pictures (HTML standard, section 4.8.14): maps may stand anywhere in the document. */
export function imageAreas(root: HtmlElement): (picture: HtmlElement) => readonly ImageArea[] {
  let maps: ReadonlyMap<string, HtmlElement> | undefined;
  return (picture) => {
    const name = /^[^#]*#(.+)$/s.exec(attributeOf(picture, 'usemap') ?? '')?.[1];
    if (name === undefined) return [];
    maps ??= mapsIn(root);
    const map = maps.get(name);
    return map === undefined ? [] : areasIn(map);
  };
}

/** The first map of each name counts. */
function mapsIn(root: HtmlElement): ReadonlyMap<string, HtmlElement> {
  const maps = new Map<string, HtmlElement>();
  for (const element of elementsIn(root)) {
    const name = element.tagName === 'map' ? attributeOf(element, 'name') : undefined;
    if (name !== undefined && !maps.has(name)) maps.set(name, element);
  }
  return maps;
}

function areasIn(map: HtmlElement): readonly ImageArea[] {
  const areas: ImageArea[] = [];
  for (const element of elementsIn(map)) {
    const target = element.tagName === 'area' ? attributeOf(element, 'href') : undefined;
    if (target !== undefined) areas.push({ target, element });
    if (areas.length === maxAreas) break;
  }
  return areas;
}

/** The parser bounds the depth, so that recursion is safe. */
function* elementsIn(element: HtmlElement): Generator<HtmlElement> {
  yield element;
  for (const child of element.childNodes) if (isElement(child)) yield* elementsIn(child);
}
