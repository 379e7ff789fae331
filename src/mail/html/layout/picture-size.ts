import { attributeOf } from '../dom/html-document.ts';
import type { Box } from '../render/render-tree.ts';
import { definite } from './box-sizes.ts';

/** Elements that are as large as they say, whatever is in them. */
const sizedElements = new Set(['img', 'svg', 'video', 'canvas', 'iframe', 'object', 'embed', 'input']);

/** What a picture measures that says nothing about it. */
const unknownPixels = 24;

/** The size of a picture and its like; undefined for a box whose size follows from what is in it. */
export function pictureSize({ element, style }: Box): { readonly width: number; readonly height: number } | undefined {
  if (!sizedElements.has(element.name)) return undefined;
  const asked = (name: string) => {
    const pixels = Number.parseFloat(attributeOf(element.node, name) ?? '');
    return Number.isNaN(pixels) ? undefined : pixels;
  };
  const [fallbackWidth, fallbackHeight] = element.name === 'svg' ? [300, 150] : [unknownPixels, unknownPixels];
  return {
    width: definite(style.width, undefined) ?? asked('width') ?? fallbackWidth,
    height: definite(style.height, undefined) ?? asked('height') ?? fallbackHeight,
  };
}
