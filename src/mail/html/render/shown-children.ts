import { dataOf } from '../cascade/data-url.ts';
import {
  attributeOf,
  isElement,
  mathNamespace,
  svgNamespace,
  type HtmlElement,
  type HtmlNode,
} from '../dom/html-document.ts';
import { shownSlots } from './shadow-root.ts';
import type { ComputedStyle } from '../style/computed-style.ts';
import { oncePer } from '../once-per.ts';

/** Elements that show something else than what is in them. */
const replacedElements = new Set('audio embed iframe img meter progress video'.split(' '));

/** Elements of SVG that describe or define something, and are not drawn where they are. */
const undrawnElements = new Set(
  'animate animateMotion animateTransform clipPath defs desc filter linearGradient marker mask metadata mpath pattern radialGradient script set style symbol title view'.split(
    ' ',
  ),
);
const svgTextElements = new Set('text tspan textPath a switch foreignObject'.split(' '));

const all = (): boolean => true;
const nothing = (): boolean => false;

/** Elements of which `display: contents` leaves nothing (CSS Display 3, appendix B). */
const withoutContents = new Set(
  'audio br canvas embed frame frameset iframe img input meter object progress select textarea video wbr'.split(' '),
);

/** Whether an element has no place on the page because only its content was to be shown, which it has none of. */
export function isLostWithContents({ tagName }: HtmlElement, { display }: ComputedStyle): boolean {
  return display === 'contents' && withoutContents.has(tagName);
}

/** Which children of an element browsers show; the others have no place on the page. */
export function shownChildren(element: HtmlElement, style: ComputedStyle): (child: HtmlNode) => boolean {
  if (style.content.some((value) => value.kind === 'url')) return nothing;
  if (element.namespaceURI === svgNamespace) return (child) => isDrawn(child, element);
  if (element.namespaceURI === mathNamespace) return (child) => isInFormula(child, element);
  const slots = shownSlots(element);
  if (slots !== undefined) return (child) => slots.has(isElement(child) ? (attributeOf(child, 'slot') ?? '') : '');
  switch (element.tagName) {
    case 'option':
      return (attributeOf(element, 'label') ?? '') === '' ? all : nothing;
    case 'details': {
      if (attributeOf(element, 'open') !== undefined && isFirstOfName(element)) return all;
      const summary = element.childNodes.find((child) => child.nodeName === 'summary');
      return (child) => child === summary;
    }
    case 'select': {
      const options = chosenOptions(element);
      return (child) => child.nodeName === 'optgroup' || options.has(child);
    }
    case 'optgroup': {
      const select = element.parentNode;
      const options = select !== null && 'tagName' in select ? chosenOptions(select) : new Set<HtmlNode>();
      return (child) => options.has(child);
    }
    case 'object':
      return dataOf(attributeOf(element, 'data') ?? '') === undefined ? all : nothing;
    default:
      return replacedElements.has(element.tagName) ? nothing : all;
  }
}

/** Of open details with the same name, browsers close all but the first (HTML standard, section 4.11.1). */
function isFirstOfName(details: HtmlElement): boolean {
  const name = attributeOf(details, 'name') ?? '';
  if (name === '') return true;
  let root = details;
  while (root.parentNode !== null && 'tagName' in root.parentNode) root = root.parentNode;
  return openDetails(root).get(name) === details;
}

/** The first open details of each name. */
const openDetails = oncePer((root: HtmlElement): ReadonlyMap<string, HtmlElement> => {
  const firsts = new Map<string, HtmlElement>();
  const visit = (element: HtmlElement): void => {
    const name = attributeOf(element, 'name') ?? '';
    if (element.tagName === 'details' && attributeOf(element, 'open') !== undefined && !firsts.has(name))
      firsts.set(name, element);
    element.childNodes.filter(isElement).forEach(visit);
  };
  visit(root);
  return firsts;
});

/** What a closed list of choices shows, or as many as an open one has room for. */
function chosenOptions(select: HtmlElement): ReadonlySet<HtmlNode> {
  const options = select.childNodes
    .flatMap((child) => (child.nodeName === 'optgroup' && isElement(child) ? child.childNodes : [child]))
    .filter((child): child is HtmlElement => child.nodeName === 'option' && isElement(child));
  const isMultiple = attributeOf(select, 'multiple') !== undefined;
  const rows = Number.parseInt(attributeOf(select, 'size') ?? '', 10) || (isMultiple ? 4 : 1);
  if (rows > 1) return new Set(options.slice(0, rows));
  const chosen = options.findLast((option) => attributeOf(option, 'selected') !== undefined) ?? options[0];
  return new Set(chosen === undefined ? [] : [chosen]);
}

/** Text is drawn only inside of text elements. */
function isDrawn(child: HtmlNode, parent: HtmlElement): boolean {
  // Of a `switch`, the first that asks for nothing special.
  if (parent.tagName === 'switch') return child === parent.childNodes.filter(isElement).find(isForEverybody);
  if (isElement(child))
    return child.namespaceURI !== svgNamespace || (!undrawnElements.has(child.tagName) && isForEverybody(child));
  return svgTextElements.has(parent.tagName);
}

function isForEverybody(element: HtmlElement): boolean {
  const isAsking = (name: string) => (attributeOf(element, name) ?? '') !== '';
  return (
    !isAsking('requiredExtensions') &&
    (!isAsking('systemLanguage') || /\ben\b/i.test(attributeOf(element, 'systemLanguage') ?? ''))
  );
}

/** Annotations say again what a formula shows, or anything else. */
function isInFormula(child: HtmlNode, parent: HtmlElement): boolean {
  if (parent.tagName === 'semantics' || parent.tagName === 'maction')
    return child === parent.childNodes.find(isElement);
  return child.nodeName !== 'annotation' && child.nodeName !== 'annotation-xml' && parent.tagName !== 'mphantom';
}
