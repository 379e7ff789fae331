import { pathPoints } from '../css/svg-path.ts';
import { aroundPoints, type Shape } from '../css/shape.ts';
import type { DomElement } from '../dom/dom-element.ts';
import { attributeOf } from '../dom/html-document.ts';
import type { Rectangle } from '../layout/geometry.ts';
import { oncePer } from '../once-per.ts';
import { numberIn } from './references.ts';

/** More shapes in one are not computed. */
const maxShapes = 50;

type Known = Exclude<Shape, 'unknown'>;

const nothing: Known = { left: 0, top: 0, right: 0, bottom: 0 };

/** What is described beside shapes. */
const undrawn = new Set('desc title metadata animate animateMotion animateTransform set'.split(' '));

/** The rectangle around what a `clipPath` of a drawing leaves of a box, from the box's corner; `unknown` for most shapes. */
export function clipPathShape(clipPath: DomElement, { width, height }: Rectangle): Shape | undefined {
  if (clipPath.name !== 'clipPath') return undefined;
  if (isTransformed(clipPath)) return 'unknown';
  const isOfBox = attributeOf(clipPath.node, 'clipPathUnits') === 'objectBoundingBox';
  const shapes = clipPath.children.filter(({ name }) => !undrawn.has(name));
  if (shapes.length > maxShapes) return 'unknown';
  let all: Known = nothing;
  for (const child of shapes) {
    const shape = isTransformed(child)
      ? 'unknown'
      : extentOf(child, isOfBox ? { width: 1, height: 1 } : { width, height });
    if (shape === 'unknown') return 'unknown';
    all = union(all, isOfBox ? scaled(shape, width, height) : shape);
  }
  return all;
}

function isTransformed({ node }: DomElement): boolean {
  return attributeOf(node, 'transform') !== undefined || attributeOf(node, 'style') !== undefined;
}

function hasArea({ left, top, right, bottom }: Known): boolean {
  return right > left && bottom > top;
}

function union(one: Known, other: Known): Known {
  if (!hasArea(one)) return other;
  if (!hasArea(other)) return one;
  return {
    left: Math.min(one.left, other.left),
    top: Math.min(one.top, other.top),
    right: Math.max(one.right, other.right),
    bottom: Math.max(one.bottom, other.bottom),
  };
}

function scaled({ left, top, right, bottom }: Known, width: number, height: number): Known {
  return { left: left * width, top: top * height, right: right * width, bottom: bottom * height };
}

/** A shape without its stroke, which clips nothing. */
function extentOf(shape: DomElement, { width, height }: { readonly width: number; readonly height: number }): Shape {
  const x = (name: string) => numberIn(shape, name, width);
  const y = (name: string) => numberIn(shape, name, height);
  switch (shape.name) {
    case 'rect':
      return { left: x('x'), top: y('y'), right: x('x') + x('width'), bottom: y('y') + y('height') };
    case 'circle':
    case 'ellipse': {
      const [across, down] = shape.name === 'circle' ? [x('r'), x('r')] : [x('rx'), y('ry')];
      return { left: x('cx') - across, top: y('cy') - down, right: x('cx') + across, bottom: y('cy') + down };
    }
    case 'line':
      return nothing;
    case 'path':
    case 'polygon':
    case 'polyline':
      return pathExtent(shape);
    default:
      return 'unknown';
  }
}

const pathExtent = oncePer(({ name, node }: DomElement): Shape => {
  const data = attributeOf(node, name === 'path' ? 'd' : 'points') ?? '';
  const points = pathPoints(name === 'path' ? data : `M${data}`);
  return points === undefined ? 'unknown' : aroundPoints(points);
});
