import { attributeOf, type HtmlElement } from '../dom/html-document.ts';
import { isBox, type Box, type TextRun } from '../render/render-tree.ts';
import type { Fragment, Rectangle } from './geometry.ts';
import { pictureSize } from './picture-size.ts';
import { textWidth } from './text-width.ts';

/**
 * Places the texts of a drawing whose frame begins at the place. Where a drawing is scaled or turned, its texts count as
 * in the middle of it. Returns its height.
 */
export function layOutSvg(
  svg: Box,
  x: number,
  y: number,
  placeBox: (box: Box, rectangle: Rectangle) => void,
  placeText: (run: TextRun, fragments: readonly Fragment[]) => void,
): number {
  const size = pictureSize(svg) ?? { width: 0, height: 0 };
  const visit = (box: Box, left: number, top: number, isMoved: boolean): void => {
    const { node } = box.element;
    const isTransformed =
      isMoved || attributeOf(node, 'transform') !== undefined || attributeOf(node, 'viewBox') !== undefined;
    const [ownLeft, ownTop] = [number(node, 'x') ?? left, number(node, 'y') ?? top];
    if (box !== svg) placeBox(box, { x, y, ...size });
    for (const child of box.children) {
      if (isBox(child)) visit(child, ownLeft, ownTop, isTransformed);
      else {
        const { style } = box;
        const width = textWidth(child.text.trim(), style);
        const place = isTransformed ? { x, y } : { x: x + ownLeft, y: y + ownTop - style.fontSize };
        placeText(child, [{ ...place, width, height: style.fontSize, end: child.text.length }]);
      }
    }
  };
  visit(svg, 0, 0, false);
  return size.height;
}

function number(node: HtmlElement, name: string): number | undefined {
  const value = Number.parseFloat(attributeOf(node, name) ?? '');
  return Number.isNaN(value) ? undefined : value;
}
