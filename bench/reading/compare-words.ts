/** Words as they are compared: letters and digits, in lower case. Addresses are none: long ones are shown as host and number. */
export function wordsOf(text: string): readonly string[] {
  const withoutAddresses = text.replaceAll(/(?:https?:\/\/|www\.)\S+/gi, ' ');
  return withoutAddresses.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
}

/** So many words in a row that are missing are a passage. */
const passageWords = 8;

/** How many of the words of `shown` are not in `ours`, each counted as often as it is there, and whether a passage is. */
export function missingWords(
  shown: string,
  ours: string,
): { readonly words: number; readonly missing: number; readonly hasPassage: boolean } {
  const left = new Map<string, number>();
  for (const word of wordsOf(ours)) left.set(word, (left.get(word) ?? 0) + 1);
  const words = wordsOf(shown);
  let missing = 0;
  let inRow = 0;
  let hasPassage = false;
  for (const word of words) {
    const count = left.get(word) ?? 0;
    if (count > 0) {
      left.set(word, count - 1);
      inRow = 0;
      continue;
    }
    missing += 1;
    inRow += 1;
    if (inRow >= passageWords) hasPassage = true;
  }
  return { words: words.length, missing, hasPassage };
}

/** Whether one line has all the cells of a row, in their order. */
export function isRowKept(cells: readonly string[], lines: readonly string[]): boolean {
  return lines.some((line) => {
    let at = 0;
    return cells.every((cell) => {
      const words = ` ${wordsOf(cell).join(' ')} `;
      // A dot or a dash has no words.
      if (words.trim() === '') return true;
      const found = line.indexOf(words, at);
      at = found + words.length - 1;
      return found >= 0;
    });
  });
}
