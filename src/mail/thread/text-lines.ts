import type { WordTable } from './word-table.ts';

/** A line of a text as quotes are looked for. */
export interface TextLine {
  /** As it stands in the text. */
  readonly raw: string;
  /** Without quote marks and the space around. */
  readonly content: string;
  /** How many quote marks are in front. */
  readonly depth: number;
  /** Its words among those of the text: from `start` to before `end`. */
  readonly start: number;
  readonly end: number;
}

/** A text in lines, with its words as numbers. */
export interface TextInLines {
  readonly lines: readonly TextLine[];
  readonly words: readonly number[];
}

/** `> > text`, `>>text`; a bar is how some archives quote, `AL> text` how Emacs and the Fidonet name whom. */
const quoteMarks = /^(?:[ \t]{0,3}(?:[>|](?![\p{L}\p{N}]+>)|\p{L}{1,4}>(?=[ \t>]|$)))+/u;

/** Splits a text into lines and words. */
export function splitLines(text: string, table: WordTable): TextInLines {
  const words: number[] = [];
  const lines = text.split('\n').map((raw): TextLine => {
    const marks = quoteMarks.exec(raw)?.[0] ?? '';
    const content = raw.slice(marks.length).trim();
    const start = words.length;
    for (const number of table.numbersOf(content)) words.push(number);
    return { raw, content, depth: marks.replaceAll(/[^>|]/g, '').length, start, end: words.length };
  });
  return { lines, words };
}

/** Whether there is anything to read on a line. */
export function hasWords({ start, end }: TextLine): boolean {
  return end > start;
}
