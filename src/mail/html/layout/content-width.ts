import { isBox, type Box, type TextRun } from '../render/render-tree.ts';
import { isBlockBox, isTableBox } from '../blocks/box-kind.ts';
import { tableRows } from '../blocks/table-rows.ts';
import { isPlaced, type ComputedStyle } from '../style/computed-style.ts';
import { definite, distance, edgesOf } from './box-sizes.ts';
import { pictureSize } from './picture-size.ts';
import { textWidth } from './text-width.ts';

/** How wide boxes would be with all the room they like. Each box is measured once. */
export class ContentWidths {
  readonly #known = new Map<Box, number>();

  /** Of the border box, where nothing limits it. */
  of(box: Box): number {
    const known = this.#known.get(box);
    if (known !== undefined) return known;
    const { style } = box;
    const edges = edgesOf(style, 0);
    const asked = definite(style.width, undefined);
    const sides = edges.left + edges.right;
    const most = definite(style.maxWidth, undefined) ?? Number.POSITIVE_INFINITY;
    const content =
      pictureSize(box)?.width ??
      asked ??
      (isTableBox(box) && box.style.display !== 'table-cell' ? this.#table(box) : this.#lines(box.children));
    const isWhole = asked !== undefined && style.boxSizing === 'border-box';
    const width = Math.min(most + sides, isWhole ? Math.max(content, sides) : content + sides);
    this.#known.set(box, width);
    return width;
  }

  /** The widest of the blocks and of the lines between them, if no line is broken. */
  #lines(nodes: readonly (Box | TextRun)[]): number {
    let [widest, line] = [0, 0];
    for (const node of nodes) {
      if (!isBox(node)) line += lineWidth(node);
      else if (isPlaced(node.style)) continue;
      else if (node.element.name === 'br' || isBlockBox(node)) {
        widest = Math.max(widest, line, node.element.name === 'br' ? 0 : this.#withMargins(node));
        line = 0;
      } else line += node.style.display.startsWith('inline-') ? this.#withMargins(node) : this.of(node);
    }
    return Math.max(widest, line);
  }

  #withMargins(box: Box): number {
    return this.of(box) + margins(box.style);
  }

  #table(box: Box): number {
    const widths: number[] = [];
    for (const row of tableRows(box).rows) {
      for (const [column, cell] of row.entries()) {
        if (cell !== undefined) widths[column] = Math.max(widths[column] ?? 0, this.of(cell));
      }
    }
    return widths.reduce((sum, width) => sum + (width ?? 0), 0);
  }
}

function margins(style: ComputedStyle): number {
  return Math.max(0, distance(style.marginLeft, 0)) + Math.max(0, distance(style.marginRight, 0));
}

function lineWidth({ text, parent }: TextRun): number {
  const lines = parent.style.whiteSpace === 'collapse' ? [text.replaceAll(/\s+/g, ' ')] : text.split('\n');
  return lines.reduce((widest, line) => Math.max(widest, textWidth(line, parent.style)), 0);
}
