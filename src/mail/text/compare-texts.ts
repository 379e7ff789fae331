/** How a plain text stands to what is seen of the HTML beside it. */
export type Comparison =
  /** The same words in the same order. */
  | 'same'
  /** No more than the beginning, a few words, or most of it: nothing that the reader would miss. */
  | 'similar'
  /** Words that are not in the HTML. */
  | 'different';

/** Fewer words than this are a stub: "Your program cannot show HTML". */
const minWords = 8;
/** With fewer of its words in the HTML, a plain text says something else. */
const minSharedFraction = 0.6;
/** Longer texts are compared by their beginning. */
const maxCharacters = 200_000;

/** Compares the plain text of a mail with the visible text of its HTML, addresses of links aside. */
export function compareTexts(plain: string, seen: string): Comparison {
  const [plainWords, seenWords] = [plain, seen].map((text) => wordsOf(text.slice(0, maxCharacters)));
  if (plainWords === undefined || seenWords === undefined || plainWords.length === 0) return 'similar';
  if (plain.length <= maxCharacters && plainWords.join(' ') === seenWords.join(' ')) return 'same';
  if (seenWords.length === 0) return 'different';
  if (plainWords.length < minWords) return 'similar';
  const known = new Set(seenWords);
  const shared = plainWords.filter((word) => known.has(word)).length;
  return shared < plainWords.length * minSharedFraction ? 'different' : 'similar';
}

/** The words of a text in lower case, without signs between them and addresses of links. */
export function wordsOf(text: string): readonly string[] {
  const withoutAddresses = text.replaceAll(/(?:https?:\/\/|mailto:|www\.)[^\s<>()]+/gi, ' ');
  return withoutAddresses.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
}
