/**
 * A piece of a line. Text is as it is shown: white space collapsed where it collapses, invisible characters removed;
 * a line feed in it breaks the line.
 */
export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  /** `target` is the address as the sender wrote it; `text` what is shown in its place, pictures included. */
  | { readonly kind: 'link'; readonly target: string; readonly text: string }
  /** A picture with a text of its own; those without leave nothing. */
  | { readonly kind: 'picture'; readonly text: string };

/** Where a block is: how deep in quotes and in lists, and how many empty lines are before it. */
interface Place {
  /** 0 for the sender's own words, 1 for what they quote, 2 for what is quoted there, … */
  readonly quoteDepth: number;
  /** How many lists deep, the first being 0; blocks inside an item are one deeper than their item. */
  readonly indent: number;
  /** Empty lines between this block and the one before it: 0 to 2. */
  readonly gap: number;
}

/** One block of a message, whatever the message was written in: HTML, plain text or another message attached. */
export type Block = Place &
  (
    | { readonly kind: 'paragraph'; readonly content: readonly Inline[] }
    /** `level` as in HTML, 1 to 6. */
    | { readonly kind: 'heading'; readonly level: number; readonly content: readonly Inline[] }
    /** `marker` is what is in front of it: `-`, `3.`, `iv.`; empty where the list shows none. */
    | { readonly kind: 'item'; readonly marker: string; readonly content: readonly Inline[] }
    /** Cells keep their columns: an empty cell has no content. */
    | { readonly kind: 'row'; readonly cells: readonly (readonly Inline[])[] }
    /** Lines whose spaces and breaks stay as they are. */
    | { readonly kind: 'preformatted'; readonly content: readonly Inline[] }
    | { readonly kind: 'rule' }
  );

/** The words of a piece of a line. */
function inlineText(content: readonly Inline[]): string {
  return content.map((inline) => (inline.kind === 'picture' ? `[${inline.text}]` : inline.text)).join('');
}

/** The words of a block without marks, link numbers and quote signs: what two blocks are compared by. */
export function blockText(block: Block): string {
  switch (block.kind) {
    case 'rule':
      return '';
    case 'row':
      return block.cells.map(inlineText).join(' | ');
    case 'paragraph':
    case 'heading':
    case 'item':
    case 'preformatted':
      return inlineText(block.content);
  }
}
