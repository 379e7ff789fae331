/** How many letters have to be put in, taken out, changed or swapped with their neighbour to make one word the other. */
function distance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const isSame = from[row - 1] === to[column - 1];
      const isSwap = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current[column] = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (isSame ? 0 : 1),
        isSwap ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    [beforeLast, last] = [last, current];
  }
  return last[to.length] ?? 0;
}

/** The word that somebody who typed `word` most likely meant; undefined where none is near. */
export function nearestWord(word: string, candidates: readonly string[]): string | undefined {
  const wanted = word.toLowerCase().slice(0, 64).replaceAll('-', '_');
  const [nearest] = candidates
    .map((candidate) => {
      const plain = candidate.toLowerCase().replaceAll('-', '_');
      const isBeginning = wanted.length >= 3 && plain.startsWith(wanted);
      return { candidate, steps: isBeginning ? 1 : distance(wanted, plain) };
    })
    .toSorted((a, b) => a.steps - b.steps);
  return nearest !== undefined && nearest.steps <= Math.max(1, Math.floor(wanted.length / 3))
    ? nearest.candidate
    : undefined;
}

/** The hint of an error that names an unknown word: what was probably meant, else where they are listed. */
export function meantHint(word: string, candidates: readonly string[], list: string): string {
  const nearest = nearestWord(word, candidates);
  return nearest === undefined ? list : `Did you mean ${nearest}? ${list}`;
}
