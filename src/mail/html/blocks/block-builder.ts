import type { Block, Inline } from '../../blocks/block.ts';
import { blockText } from '../../blocks/block.ts';
import type { ComputedStyle } from '../style/computed-style.ts';
import { lineHeightOf } from '../style/computed-style.ts';
import { InlineLine, type PieceStyle } from './inline-line.ts';

/** More space than this, in pixels, between two blocks is an empty line. */
const gapPixels = 12;

/** What the next block will be. */
export type BlockKind =
  | { readonly kind: 'paragraph' }
  | { readonly kind: 'preformatted' }
  | { readonly kind: 'heading'; readonly level: number };

/** Where the builder is among quotes and lists. */
export interface BlockPlace {
  readonly quoteDepth: number;
  readonly indent: number;
}

/** Gathers lines into blocks. */
export class BlockBuilder {
  readonly line = new InlineLine();
  readonly #blocks: Block[] = [];
  #kind: BlockKind = { kind: 'paragraph' };
  #place: BlockPlace;
  #marker: { readonly text: string; readonly indent: number } | undefined;
  #space = 0;

  constructor(place: BlockPlace) {
    this.#place = place;
  }

  get blocks(): readonly Block[] {
    return this.#blocks;
  }

  /** Text on the line goes into the block that ends here; what follows is a block of that kind and place. */
  startBlock(kind: BlockKind, place: BlockPlace): void {
    this.endBlock();
    this.#kind = kind;
    this.#place = place;
  }

  /** Pixels between what was and what follows. */
  addSpace(pixels: number): void {
    this.#space += Math.max(0, pixels);
  }

  /** The next block is the item of a list. */
  startItem(marker: string, indent: number): void {
    this.endBlock();
    this.#marker = { text: marker, indent };
  }

  /** What was started as an item and had no text leaves no mark. */
  endItem(): void {
    this.#marker = undefined;
  }

  /** Text in the way that the style of its box wants its white space. */
  addText(text: string, piece: PieceStyle, style: ComputedStyle): void {
    if (style.whiteSpace === 'collapse') this.line.addText(text, piece);
    else {
      for (const [index, line] of text.split(/\r\n?|\n/).entries()) {
        if (index > 0) this.breakLine(lineHeightOf(style));
        if (style.whiteSpace === 'preserve-breaks') this.line.addText(line, piece);
        else this.line.addPreserved(line, piece);
      }
    }
  }

  /** A line ends here; a second one ends the block, unless its empty lines belong to it. */
  breakLine(lineHeight: number): void {
    if (this.line.isEmpty) this.addSpace(lineHeight);
    else this.line.addBreak();
    if (this.line.breaksAtEnd < 2 || this.#kind.kind === 'preformatted') return;
    this.endBlock();
    this.addSpace(lineHeight);
  }

  endBlock(): void {
    const breaks = this.line.breaksAtEnd;
    const content = this.line.take();
    if (content.some(({ text }) => text.trim() !== '')) this.#push(content);
    if (breaks > 1) this.addSpace(gapPixels);
  }

  addRule(): void {
    this.endBlock();
    this.addSpace(gapPixels);
    this.#blocks.push({ kind: 'rule', ...this.#placed() });
    this.addSpace(gapPixels);
  }

  /** Adds blocks that were built apart, the first behind the space that is due. */
  addBlocks(blocks: readonly Block[]): void {
    this.endBlock();
    for (const [index, block] of blocks.entries()) {
      const placed = index === 0 ? this.#placed() : undefined;
      this.#blocks.push({ ...this.#asItem(block), gap: Math.max(block.gap, placed?.gap ?? 0) });
    }
  }

  #push(content: readonly Inline[]): void {
    this.#blocks.push(this.#asItem({ ...this.#kind, content, ...this.#placed() }));
  }

  /** The first block inside of a list item is the item. */
  #asItem(block: Block): Block {
    const marker = this.#marker;
    if (marker === undefined || marker.text === '' || block.kind === 'rule') return block;
    this.#marker = undefined;
    const content: readonly Inline[] =
      block.kind === 'row' ? [{ kind: 'text', text: blockText(block) }] : block.content;
    const { quoteDepth, gap } = block;
    return { kind: 'item', marker: marker.text, content, quoteDepth, gap, indent: marker.indent };
  }

  #placed(): BlockPlace & { readonly gap: number } {
    const gap = this.#blocks.length > 0 && this.#space >= gapPixels ? 1 : 0;
    this.#space = 0;
    return { ...this.#place, gap };
  }
}
