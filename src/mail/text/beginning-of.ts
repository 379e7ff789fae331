/** The beginning of a text, of so many characters and lines at most. */
export function beginningOf(text: string, maxCharacters: number, maxLines: number): string {
  let end = -1;
  for (let lines = 0; lines < maxLines; lines += 1) {
    end = text.indexOf('\n', end + 1);
    if (end < 0 || end > maxCharacters) return text.slice(0, maxCharacters);
  }
  return text.slice(0, end);
}
