import { numberOf, pixelsOf } from '../css/length.ts';
import { identity, multiply, parseTransform, type Matrix } from '../css/transform.ts';
import { tokensOf, valuesOf } from '../css/tokens.ts';
import type { Point } from '../css/position.ts';
import { pathPoints } from '../css/svg-path.ts';
import type { DomElement } from '../dom/dom-element.ts';
import { attributeOf, type HtmlElement } from '../dom/html-document.ts';
import { mapRectangle } from '../render/map-rectangle.ts';
import { referencedElement } from '../render/references.ts';
import { isBox, type Box, type TextRun } from '../render/render-tree.ts';
import type { Fragment, Rectangle } from './geometry.ts';
import { pictureSize } from './picture-size.ts';
import { textWidth } from './text-width.ts';

/** Where the parts of a drawing are put. */
export interface SvgContext {
  readonly placeBox: (box: Box, rectangle: Rectangle) => void;
  readonly placeText: (run: TextRun, fragments: readonly Fragment[]) => void;
  /** Lays out a box of HTML that is in a drawing. */
  readonly layOutBox: (box: Box, x: number, y: number, width: number) => void;
}

/** Places the texts and rectangles of a drawing whose frame begins at the place. Returns its height. */
export function layOutSvg(svg: Box, x: number, y: number, context: SvgContext): number {
  const size = pictureSize(svg) ?? { width: 0, height: 0 };
  const frame = { x, y, ...size };
  const visit = (box: Box, left: number, top: number, matrix: Matrix): void => {
    const { node, name } = box.element;
    const start = name === 'textPath' ? startOfPath(box.element) : undefined;
    const ownLeft = (start?.x ?? number(node, 'x') ?? left) + (number(node, 'dx') ?? 0);
    const ownTop = (start?.y ?? number(node, 'y') ?? top) + (number(node, 'dy') ?? 0);
    const extent = { x: ownLeft, y: ownTop, width: number(node, 'width') ?? 0, height: number(node, 'height') ?? 0 };
    const isFrame = name === 'svg' && box !== svg;
    const isSized = name === 'rect' || name === 'foreignObject' || isFrame;
    if (box !== svg) context.placeBox(box, isSized ? mapRectangle(sizedExtent(node, extent, size), matrix) : frame);
    const inner = isFrame ? multiply(multiply(matrix, shift(ownLeft, ownTop)), viewBoxMatrix(node, extent)) : matrix;
    for (const child of box.children) {
      if (!isBox(child)) placeRun(child, box, ownLeft, ownTop, inner);
      else if (child.element.isHtml) {
        const place = mapRectangle(extent, inner);
        context.layOutBox(child, place.x, place.y, place.width);
      } else
        visit(child, isFrame ? 0 : ownLeft, isFrame ? 0 : ownTop, multiply(inner, transformOf(child.element.node)));
    }
  };
  const placeRun = (run: TextRun, { style }: Box, left: number, top: number, matrix: Matrix): void => {
    const width = textWidth(run.text.trim(), style);
    const place = mapRectangle({ x: left, y: top - style.fontSize, width, height: style.fontSize }, matrix);
    context.placeText(run, [{ ...place, end: run.text.length }]);
  };
  visit(svg, 0, 0, multiply(shift(x, y), viewBoxMatrix(svg.element.node, size)));
  return size.height;
}

/** Text along a path that is not there is not drawn. */
const offPage: Point = { x: -1_000_000, y: -1_000_000 };

/** Where text along a path begins; undefined where the path is not understood. */
function startOfPath(textPath: DomElement): Point | undefined {
  const address = attributeOf(textPath.node, 'href') ?? '';
  const path = referencedElement({ kind: 'url', text: address }, textPath);
  if (path === 'missing') return offPage;
  const points = path === undefined ? undefined : pathPoints(attributeOf(path.node, 'd') ?? '');
  return points?.length === 0 ? offPage : points?.[0];
}

function shift(e: number, f: number): Matrix {
  return { ...identity, e, f };
}

/** A share of the frame where a size is in percent. */
function sizedExtent(
  node: HtmlElement,
  extent: Rectangle,
  frame: { readonly width: number; readonly height: number },
): Rectangle {
  const of = (name: 'width' | 'height') =>
    attributeOf(node, name)?.trim().endsWith('%') === true ? (frame[name] * extent[name]) / 100 : extent[name];
  return { ...extent, width: of('width'), height: of('height') };
}

/** The map of a `viewBox` into a frame: as large as fits, in the middle (SVG 2, section 8.2). */
function viewBoxMatrix(node: HtmlElement, frame: { readonly width: number; readonly height: number }): Matrix {
  const numbers = (attributeOf(node, 'viewBox') ?? '')
    .trim()
    .split(/[\s,]+/, 5)
    .map(Number);
  const [left = 0, top = 0, width = 0, height = 0] = numbers;
  if (numbers.length !== 4 || numbers.some(Number.isNaN) || width <= 0 || height <= 0) return identity;
  const [across, down] = [frame.width / width, frame.height / height];
  const isStretched = attributeOf(node, 'preserveAspectRatio')?.trim() === 'none';
  const scale = Math.min(across, down);
  const [a, d] = isStretched ? [across, down] : [scale, scale];
  const [e, f] = [(frame.width - width * a) / 2 - left * a, (frame.height - height * d) / 2 - top * d];
  return { ...identity, a, d, e, f };
}

/** More functions of one element are those of a hostile drawing. */
const maxFunctions = 64;

/** The `transform` attribute, whose lengths have no units and whose commas may be missing. */
function transformOf(node: HtmlElement): Matrix {
  const text = attributeOf(node, 'transform');
  if (text === undefined) return identity;
  const functions = text.split(')', maxFunctions).flatMap((part) => {
    const [name = '', args] = part.split('(', 2);
    if (args === undefined) return [];
    const word = name.replaceAll(/[\s,]/g, '');
    const unit = /^translate/i.test(word) ? 'px' : /^(?:rotate|skew)/i.test(word) ? 'deg' : '';
    const own = args.trim().split(/[\s,]+/, unit === 'deg' ? 1 : 6);
    return [`${word}(${own.map((one) => one + unit).join(',')})`];
  });
  return parseTransform(valuesOf(tokensOf(functions.join(' '))) ?? []) ?? identity;
}

function number(node: HtmlElement, name: string): number | undefined {
  const [value] = valuesOf(tokensOf(attributeOf(node, name) ?? '')) ?? [];
  if (value === undefined) return undefined;
  return value.kind === 'percentage' ? value.value : (numberOf(value) ?? pixelsOf(value));
}
