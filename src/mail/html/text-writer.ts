/** Deeper quotes and lists look like this many levels. */
const maxLevels = 8;

/** Gathers text into lines: collapses spaces, keeps at most one empty line, and puts prefixes in front of lines. */
export class TextWriter {
  readonly #pieces: string[] = [];
  #pendingBreaks = 0;
  #pendingSpace = '';
  #isLineEmpty = true;
  #quoteLevel = 0;
  #lastLineQuoteLevel = 0;
  #marker = '';
  #indent = 0;
  /** Characters written that are not white space; prefixes do not count. */
  visibleCharacters = 0;

  /** Text within a line; runs of white space become one space. */
  write(text: string): void {
    for (const part of text.split(/(\s+)/)) {
      if (part === '') continue;
      if (/^\s/.test(part)) this.#pendingSpace ||= ' ';
      else this.#writeWord(part);
    }
  }

  /** Text whose lines and spaces stay as they are. */
  writePreformatted(text: string): void {
    for (const [index, line] of text.split(/\r?\n/).entries()) {
      if (index > 0) this.lineBreak();
      const spaces = /^\s*/.exec(line)?.[0] ?? '';
      if (line.length > spaces.length) {
        this.#pendingSpace = spaces;
        this.#writeWord(line.slice(spaces.length), true);
      }
    }
  }

  /** Ends the line, if there is anything on it. */
  endLine(): void {
    this.#pendingBreaks = Math.max(this.#pendingBreaks, this.#isLineEmpty ? 0 : 1);
    this.#pendingSpace = '';
  }

  /** Ends the paragraph: an empty line follows. */
  endParagraph(): void {
    this.#pendingBreaks = 2;
    this.#pendingSpace = '';
  }

  /** Breaks the line here; the second in a row leaves a line empty. */
  lineBreak(): void {
    this.#pendingBreaks = Math.min(2, this.#pendingBreaks + 1);
    this.#pendingSpace = '';
  }

  /** Stands between what is on the line already and what follows on it; nothing at either end of a line. */
  separate(separator: string): void {
    if (!this.#isLineEmpty && this.#pendingBreaks === 0) this.#pendingSpace = separator;
  }

  /** What follows is quoted one level deeper (1) or less deep (-1). */
  changeQuoteLevel(by: 1 | -1): void {
    this.endParagraph();
    this.#quoteLevel += by;
  }

  /** The next line is the first of a list item, `level` lists deep. */
  startItem(marker: string, level: number): void {
    this.endLine();
    this.#marker = marker;
    this.#indent = Math.min(level, maxLevels) - 1;
  }

  toString(): string {
    return this.#pieces.join('').trim();
  }

  #writeWord(word: string, keepsSpace = false): void {
    const isFirst = this.#pieces.length === 0;
    if (this.#pendingBreaks > 0 || isFirst) this.#startLine(isFirst);
    const space = this.#isLineEmpty && !keepsSpace ? '' : this.#pendingSpace;
    this.#pieces.push(space, word);
    this.visibleCharacters += word.length;
    this.#pendingSpace = '';
    this.#isLineEmpty = false;
  }

  #startLine(isFirst: boolean): void {
    const level = Math.min(this.#quoteLevel, maxLevels);
    // The line between a quote and what is around it belongs to what is around it.
    const emptyLine = '> '.repeat(Math.min(level, this.#lastLineQuoteLevel)).trimEnd();
    if (!isFirst) this.#pieces.push(this.#pendingBreaks > 1 ? `\n${emptyLine}\n` : '\n');
    this.#pieces.push('> '.repeat(level), this.#marker === '' ? '' : '  '.repeat(this.#indent) + this.#marker);
    this.#marker = '';
    this.#pendingBreaks = 0;
    this.#isLineEmpty = true;
    this.#lastLineQuoteLevel = level;
  }
}
