/** The beginning of a text, and how many characters of it are left. */
export interface ClippedText {
  readonly text: string;
  readonly remainingCharacters: number;
}

/** So much of the allowed length is given up for a better place to cut. */
const searchedFraction = 0.2;

/**
 * A text cut to at most `maxCharacters` (UTF-16 units, as in `length`): behind a paragraph, else a line, a sentence or a
 * word that ends near there, and never inside a character.
 */
export function clipText(text: string, maxCharacters: number): ClippedText {
  if (text.length <= maxCharacters) return { text, remainingCharacters: 0 };
  const allowed = Math.max(0, Math.floor(maxCharacters));
  const clipped = text.slice(0, bestCut(text, allowed)).trimEnd();
  return { text: clipped, remainingCharacters: text.length - clipped.length };
}

function bestCut(text: string, allowed: number): number {
  const earliest = Math.ceil(allowed * (1 - searchedFraction));
  for (const boundary of ['\n\n', '\n', '. ', ' ']) {
    // A boundary may begin exactly where the allowed length ends.
    const at = text.lastIndexOf(boundary, allowed);
    if (at >= earliest && at > 0) return boundary === '. ' ? Math.min(at + 1, allowed) : at;
  }
  const isInsidePair = /^[\ud800-\udbff][\udc00-\udfff]/.test(text.slice(allowed - 1, allowed + 1));
  return isInsidePair ? allowed - 1 : allowed;
}
