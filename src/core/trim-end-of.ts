/**
 * A text without these characters at its end. A regular expression that looks for them (`/x+$/`) starts over at each run
 * of them in the text, which takes forever on a long one.
 */
export function trimEndOf(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}
