import { clipText } from './clip-text.ts';

/** Which characters of a text are shown: from `from` to before `to`. */
interface Slice {
  readonly from: number;
  readonly to: number;
}

/** What of several texts is shown. */
export interface Window {
  /** One for each text; empty where nothing of it is shown. */
  readonly slices: readonly Slice[];
  /** Where the next window begins; undefined behind the end. */
  readonly nextOffset?: number;
  /** Characters behind this window. */
  readonly remainingCharacters: number;
}

/**
 * The part of some texts, one after the other, that begins at `offset` (characters from the beginning of the first) and
 * has at most `maxCharacters`. Inside a text it ends at a paragraph, a line, a sentence or a word.
 */
export function windowTexts(
  texts: readonly string[],
  { offset = 0, maxCharacters = Infinity }: { readonly offset?: number; readonly maxCharacters?: number },
): Window {
  const total = texts.reduce((sum, { length }) => sum + length, 0);
  const slices: Slice[] = [];
  let position = 0;
  let room = maxCharacters;
  let nextOffset: number | undefined;
  for (const text of texts) {
    const from = Math.min(text.length, Math.max(0, offset - position));
    const wanted = text.slice(from);
    const shown = shownLength(wanted, room);
    slices.push({ from, to: from + shown });
    if (shown < wanted.length) {
      nextOffset ??= position + from + shown;
      room = 0;
    } else room -= shown;
    position += text.length;
  }
  return {
    slices,
    ...(nextOffset === undefined ? {} : { nextOffset }),
    remainingCharacters: nextOffset === undefined ? 0 : total - nextOffset,
  };
}

/** How much of a text fits: always some of it where there is room, so that who goes on gets on. */
function shownLength(text: string, room: number): number {
  if (text.length <= room) return text.length;
  if (room <= 0) return 0;
  const clipped = clipText(text, room).text.length;
  if (clipped > 0) return clipped;
  const isInsidePair = /^[\ud800-\udbff][\udc00-\udfff]/.test(text.slice(room - 1, room + 1));
  return isInsidePair && room > 1 ? room - 1 : room;
}
