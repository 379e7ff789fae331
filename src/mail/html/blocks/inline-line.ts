import type { Inline } from '../../blocks/block.ts';

/** The link around a piece of text. */
export interface Anchor {
  readonly target: string;
  /** A link around several blocks is named behind the first that has words. */
  isNamed: boolean;
}

interface Piece {
  text: string;
  readonly anchor: Anchor | undefined;
  readonly isStruck: boolean;
  readonly isPicture: boolean;
}

/** How a piece of text is added. */
export interface PieceStyle {
  readonly anchor: Anchor | undefined;
  readonly isStruck: boolean;
}

/** The line, or lines, of a block while it is read: white space collapses over the borders of elements. */
export class InlineLine {
  #pieces: Piece[] = [];
  /** White space that will be one space if something follows on the line. */
  #hasSpace = false;
  #breaks = 0;

  /** Text in which white space collapses. */
  addText(text: string, style: PieceStyle): void {
    for (const part of text.split(/(\s+)/)) {
      if (part === '') continue;
      if (/^\s/.test(part)) this.addSpace();
      else this.#push(part, style, false);
    }
  }

  /** A line whose spaces stay. */
  addPreserved(line: string, style: PieceStyle): void {
    if (line.trim() !== '') this.#push(line, style, false);
    else if (line !== '') this.addSpace();
  }

  addPicture(text: string, style: PieceStyle): void {
    this.#push(text, style, true);
  }

  /** A gap between what is on the line and what follows, if anything does. */
  addSpace(): void {
    this.#hasSpace = true;
  }

  addBreak(): void {
    this.#breaks += 1;
    this.#hasSpace = false;
  }

  get isEmpty(): boolean {
    return this.#pieces.length === 0;
  }

  /** How many lines end behind the last text. */
  get breaksAtEnd(): number {
    return this.#breaks;
  }

  /** What was added, and begins again. */
  take(): readonly Inline[] {
    const inlines = toInlines(this.#pieces);
    this.#pieces = [];
    this.#hasSpace = false;
    this.#breaks = 0;
    return inlines;
  }

  #push(text: string, { anchor, isStruck }: PieceStyle, isPicture: boolean): void {
    const last = this.#pieces.at(-1);
    if (last !== undefined) {
      const between = this.#breaks > 0 ? '\n'.repeat(Math.min(2, this.#breaks)) : this.#hasSpace ? ' ' : '';
      // White space between two parts of one thing belongs to it.
      const isSame = last.anchor === anchor && last.isStruck === isStruck && !last.isPicture && !isPicture;
      if (isSame) last.text += between + text;
      else {
        if (between !== '') this.#pieces.push({ text: between, anchor: undefined, isStruck: false, isPicture: false });
        this.#pieces.push({ text, anchor, isStruck, isPicture });
      }
    } else this.#pieces.push({ text, anchor, isStruck, isPicture });
    this.#hasSpace = false;
    this.#breaks = 0;
  }
}

function toInlines(pieces: readonly Piece[]): readonly Inline[] {
  const inlines: Inline[] = [];
  let index = 0;
  while (index < pieces.length) {
    const piece = pieces[index];
    if (piece === undefined) break;
    const { anchor } = piece;
    if (anchor === undefined) {
      inlines.push(piece.isPicture ? { kind: 'picture', text: piece.text } : { kind: 'text', text: written(piece) });
      index += 1;
      continue;
    }
    const end = linkEnd(pieces, index, anchor);
    const text = pieces.slice(index, end).map(written).join('');
    inlines.push(anchor.isNamed ? { kind: 'text', text } : { kind: 'link', target: anchor.target, text });
    anchor.isNamed = true;
    index = end;
  }
  return inlines;
}

/** The pieces of one link, with the white space between them. */
function linkEnd(pieces: readonly Piece[], start: number, anchor: Anchor): number {
  let end = start + 1;
  for (let index = end; index < pieces.length; index += 1) {
    const piece = pieces[index];
    if (piece?.anchor === anchor) end = index + 1;
    else if (piece === undefined || piece.text.trim() !== '' || piece.isPicture) break;
  }
  return end;
}

function written({ text, isStruck, isPicture }: Piece): string {
  if (isPicture) return `[${text}]`;
  return isStruck ? `~~${text}~~` : text;
}
