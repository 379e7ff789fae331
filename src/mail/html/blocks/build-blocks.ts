import type { Block } from '../../blocks/block.ts';
import { removeInvisible } from '../../text/invisible-characters.ts';
import { attributeOf } from '../dom/html-document.ts';
import { isBox, type Box, type TextRun } from '../render/render-tree.ts';
import type { Visibility } from '../render/visibility.ts';
import { lineHeightOf, type ComputedStyle, type Size } from '../style/computed-style.ts';
import { BlockBuilder, type BlockKind, type BlockPlace } from './block-builder.ts';
import { hasBlocksInside, isApart, isBlockBox, isFloatingColumn, isFlexRow, isTableBox } from './box-kind.ts';
import { alternativeText, formText, isRealPicture } from './element-text.ts';
import { imageAreas } from './image-areas.ts';
import type { Anchor, PieceStyle } from './inline-line.ts';
import { itemCounter, listMarker, type ItemCounter } from './list-marker.ts';
import { rowBlocks } from './row-blocks.ts';
import { tableRows } from './table-rows.ts';

/** What the boxes of a page become, and what of its texts does not. */
export interface BuiltBlocks {
  readonly blocks: readonly Block[];
  /** Texts that are on the page and cannot be seen. */
  readonly hidden: readonly string[];
  /** Characters that show nothing, inside of visible text. */
  readonly invisibleCharacters: number;
  /** Pictures that are there to be seen, with and without a text. */
  readonly pictures: number;
}

/** Which parts of a page cannot be seen. */
export type HiddenParts = Pick<Visibility, 'hidden' | 'cutAt' | 'hiddenBoxes'>;

/** What the boxes around say of the one that is read. */
interface Around extends BlockPlace, PieceStyle {
  readonly counter: ItemCounter | undefined;
  readonly isRaised: boolean;
}

/** What of a box's side spaces its neighbours off, in pixels. */
const minSidePixels = 3;

/** Makes blocks of a page. Boxes are followed even where their own text is hidden. */
export function buildBlocks(root: Box | undefined, { hidden, cutAt, hiddenBoxes }: HiddenParts): BuiltBlocks {
  const hiddenTexts: string[] = [];
  let invisibleCharacters = 0;
  let pictures = 0;
  const areasOf = root === undefined ? () => [] : imageAreas(root.element.node);

  const blocksIn = (boxes: readonly (Box | TextRun)[], around: Around): readonly Block[] => {
    const builder = new BlockBuilder(around);
    for (const box of boxes) visit(box, builder, around);
    builder.endBlock();
    return builder.blocks;
  };

  const visit = (node: Box | TextRun, builder: BlockBuilder, around: Around): void => {
    if (!isBox(node)) addText(node, builder, around);
    else if (!visitLeaf(node, builder, around)) visitBox(node, builder, inside(node, around));
  };

  const addText = (run: TextRun, builder: BlockBuilder, around: Around): void => {
    const cut = cutAt.get(run) ?? run.text.length;
    const { text, removed } = removeInvisible(run.text.slice(0, cut));
    if (cut < run.text.length) hiddenTexts.push(run.text.slice(cut));
    invisibleCharacters += removed;
    const { style } = run.parent;
    if (hidden.has(run) && text.trim() !== '') {
      hiddenTexts.push(text);
      // Letters in the colour of the ground keep their neighbours apart.
      if (style.fontSize > minSidePixels || /^\s|\s$/.test(text)) builder.line.addSpace();
      return;
    }
    const isExponent = around.isRaised && /^\s*(?:[+\u2212-]?\d|[a-z]\s*$)/i.test(text);
    builder.addText(isExponent ? `^${text.trimStart()}` : text, around, style);
  };

  /** Elements that are what they are by themselves; false for all others. */
  const visitLeaf = (box: Box, builder: BlockBuilder, around: Around): boolean => {
    const { node } = box.element;
    switch (box.element.name) {
      case 'br':
        builder.breakLine(lineHeightOf(box.style));
        return true;
      case 'wbr':
        return true;
      case 'hr':
        if (!hiddenBoxes.has(box)) builder.addRule();
        return true;
      case 'img':
        addPicture(box, builder, around);
        return true;
      case 'input':
        if (!hiddenBoxes.has(box)) builder.addText(` ${formText(node)} `, around, box.style);
        return true;
      default:
        return false;
    }
  };

  const addPicture = (box: Box, builder: BlockBuilder, around: Around): void => {
    const { node } = box.element;
    const { text } = removeInvisible(alternativeText(node));
    if (hiddenBoxes.has(box) || !isRealPicture(node)) return;
    pictures += 1;
    if (text !== '') builder.line.addPicture(text, around);
    for (const { target, element } of areasOf(node)) {
      const area = removeInvisible(alternativeText(element)).text;
      if (area === '') continue;
      builder.line.addSpace();
      builder.line.addPicture(area, { ...around, anchor: { target, isNamed: false } });
    }
  };

  const visitBox = (box: Box, builder: BlockBuilder, around: Around): void => {
    if (isTableBox(box)) return addTable(box, builder, around);
    const isBlock = isBlockBox(box) || (box.style.display.startsWith('inline-') && hasBlocksInside(box));
    if (!isBlock) return visitInline(box, builder, around);
    builder.endBlock();
    builder.addSpace(pixels(box.style.marginTop) + pixels(box.style.paddingTop));
    if (isFlexRow(box)) addCells(box.children, builder, around);
    else {
      builder.startBlock(kindOf(box), around);
      if (box.style.display === 'list-item' && box.element.name !== 'summary') startItem(box, builder, around);
      for (const columns of floatingColumns(box.children)) {
        const [child] = columns;
        if (columns.length > 1) addCells(columns, builder, around);
        else if (child !== undefined) visit(child, builder, around);
        // What comes behind an inner block is this block's again.
        if (child !== undefined && isBox(child) && isBlockBox(child)) builder.startBlock(kindOf(box), around);
      }
      builder.endBlock();
      if (box.style.display === 'list-item') builder.endItem();
    }
    builder.addSpace(pixels(box.style.marginBottom) + pixels(box.style.paddingBottom));
  };

  const startItem = (box: Box, builder: BlockBuilder, around: Around): void => {
    const marker = listMarker(box.style.listStyleType, around.counter?.next(box.element) ?? 1);
    builder.startItem(marker, Math.max(0, around.indent - 1));
  };

  const visitInline = (box: Box, builder: BlockBuilder, around: Around): void => {
    if (isApart(box) || isSpaced(box.style, 'Left')) builder.line.addSpace();
    for (const child of box.children) visit(child, builder, around);
    if (isApart(box) || isSpaced(box.style, 'Right')) builder.line.addSpace();
  };

  const addTable = (box: Box, builder: BlockBuilder, around: Around): void => {
    builder.endBlock();
    builder.addSpace(pixels(box.style.marginTop));
    const { rows, captions } = tableRows(box);
    for (const caption of captions) builder.addBlocks(blocksIn(caption.children, inside(caption, around)));
    const cells = rows.map((row) => row.map((cell) => (cell === undefined ? [] : cellBlocks(cell, around))));
    builder.addBlocks(rowBlocks(cells, around));
    builder.addSpace(pixels(box.style.marginBottom));
  };

  const cellBlocks = (cell: Box, around: Around): readonly Block[] => {
    const within = inside(cell, around);
    const blocks = blocksIn(cell.children, within);
    const [first] = blocks;
    const padding = pixels(cell.style.paddingTop) + pixels(cell.style.paddingBottom);
    return first === undefined || padding < 16
      ? blocks
      : [{ ...first, gap: Math.max(1, first.gap) }, ...blocks.slice(1)];
  };

  /** Boxes side by side, and texts between them, as a row of a table. */
  const addCells = (parts: readonly (Box | TextRun)[], builder: BlockBuilder, around: Around): void => {
    builder.endBlock();
    const cells = parts.filter((part) => isBox(part) || part.text.trim() !== '');
    builder.addBlocks(rowBlocks([cells.map((cell) => blocksIn([cell], around))], around));
  };

  const inside = (box: Box, around: Around): Around => {
    const { name } = box.element;
    const isList = (name === 'ul' || name === 'ol') && isBlockBox(box);
    return {
      quoteDepth: around.quoteDepth + (name === 'blockquote' && isBlockBox(box) ? 1 : 0),
      indent: around.indent + (isList ? 1 : 0),
      counter: isList ? itemCounter(box.element) : around.counter,
      anchor: anchorOf(box) ?? around.anchor,
      isStruck: around.isStruck || box.style.textDecoration.includes('line-through'),
      isRaised: around.isRaised || box.style.verticalAlign === 'super',
    };
  };

  const outside: Around = {
    quoteDepth: 0,
    indent: 0,
    counter: undefined,
    anchor: undefined,
    isStruck: false,
    isRaised: false,
  };
  const blocks = root === undefined ? [] : blocksIn([root], outside);
  return { blocks, hidden: hiddenTexts, invisibleCharacters, pictures };
}

/** The children of a box; those that float side by side together, without the blanks between them. */
function floatingColumns(children: readonly (Box | TextRun)[]): readonly (readonly (Box | TextRun)[])[] {
  const groups: (Box | TextRun)[][] = [];
  let columns: Box[] | undefined;
  for (const child of children) {
    if (isBox(child) && isFloatingColumn(child)) {
      columns ??= [];
      if (columns.length === 0) groups.push(columns);
      columns.push(child);
    } else if (isBox(child) || columns === undefined || child.text.trim() !== '') {
      columns = undefined;
      groups.push([child]);
    }
  }
  return groups;
}

function anchorOf({ element }: Box): Anchor | undefined {
  const target = element.name === 'a' ? attributeOf(element.node, 'href') : undefined;
  return target === undefined ? undefined : { target, isNamed: false };
}

function kindOf({ element, style }: Box): BlockKind {
  const level = element.isHtml ? /^h([1-6])$/.exec(element.name)?.[1] : undefined;
  if (level !== undefined) return { kind: 'heading', level: Number(level) };
  return { kind: style.whiteSpace === 'preserve' && !style.isWrapped ? 'preformatted' : 'paragraph' };
}

function pixels(size: Size): number {
  return size === 'auto' ? 0 : size.pixels;
}

function isSpaced(style: ComputedStyle, side: 'Left' | 'Right'): boolean {
  return pixels(style[`margin${side}`]) + style[`padding${side}`].pixels >= minSidePixels;
}
