import type { HtmlNode } from '../dom/html-document.ts';
import { inheritedStyle } from '../style/compute-style.ts';
import type { Box, TextRun } from './render-tree.ts';

const tableParts = new Set(
  'table inline-table table-row table-row-group table-header-group table-footer-group'.split(' '),
);

/**
 * Puts what a box contains in place: text and lines right in a table or a row are in a cell that nobody wrote (CSS 2.2,
 * section 17.2.1).
 */
export class ChildPlacer {
  readonly #box: Box;
  readonly #children: (Box | TextRun)[];
  readonly #isTable: boolean;
  #cell: { readonly box: Box; readonly content: (Box | TextRun)[] } | undefined;

  constructor(box: Box, children: (Box | TextRun)[]) {
    this.#box = box;
    this.#children = children;
    this.#isTable = tableParts.has(box.style.display);
  }

  addText(text: string, node: HtmlNode): void {
    const parent = text.trim() === '' ? (this.#cell?.box ?? this.#box) : this.parentOf('inline');
    this.#listOf(parent).push({ text, node, parent });
  }

  /** The box that a child with this `display` is to be built for. */
  parentOf(display: string): Box {
    if (display !== 'inline') this.#cell = undefined;
    if (!this.#isTable || display !== 'inline') return this.#box;
    if (this.#cell === undefined) {
      const { element, style } = this.#box;
      const content: (Box | TextRun)[] = [];
      const cell = { ...inheritedStyle(style), display: 'table-cell' };
      this.#cell = { box: { element, style: cell, parent: this.#box, children: content }, content };
      this.#children.push(this.#cell.box);
    }
    return this.#cell.box;
  }

  addBox(box: Box): void {
    this.#listOf(box.parent).push(box);
  }

  #listOf(parent: Box | undefined): (Box | TextRun)[] {
    return parent !== undefined && parent === this.#cell?.box ? this.#cell.content : this.#children;
  }
}
