/** Longest name of a client that is kept; those of real clients have 10 to 60 characters. */
const longest = 100;

/** Controls, marks that hide or reorder, halves of pairs, unassigned; and every kind of white space. */
const unshown = /\p{C}+/gu;
const spaces = /[\p{Z}\s]+/gu;

/**
 * What a client says of itself, as `claude-code 2.1.332` or a User-Agent, for whoever decides about what it asked: one line
 * of at most 100 characters. Undefined where it says nothing. A stranger's word: nobody has checked it.
 */
export function clientName(...words: readonly (string | undefined)[]): string | undefined {
  // Cut first: it may be as long as a request.
  const said = words.map((word) => word?.slice(0, longest)).filter((word) => word !== undefined && word !== '');
  const line = said.join(' ').replaceAll(spaces, ' ').replaceAll(unshown, '').trim();
  return line === '' ? undefined : line.slice(0, longest).toWellFormed();
}
