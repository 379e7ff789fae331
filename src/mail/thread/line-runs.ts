import type { Run } from './said-words.ts';
import { hasWords, type TextLine } from './text-lines.ts';

/** Without anything that introduces it, a passage has to be longer: of so many lines and words, or so many words. */
const minPassageLines = 3;
const minPassageWeight = 12;
const minLongPassageWeight = 25;

/** The same for lines of the same words. */
export function lineKey(words: readonly number[], { start, end }: TextLine): string {
  return words.slice(start, end).join(' ');
}

/** Whether something holds of each word of a line, and it has words. */
export function isWithin({ start, end }: TextLine, holds: (place: number) => boolean): boolean {
  for (let place = start; place < end; place += 1) if (!holds(place)) return false;
  return end > start;
}

/** For each word the passage that it is of; -1 for none. */
export function runsOfWords(count: number, runs: readonly Run[]): Int32Array {
  const runOf = new Int32Array(count).fill(-1);
  for (const [index, { start, end }] of runs.entries()) runOf.fill(index, start, end);
  return runOf;
}

/** Lines of passages that are repeated without a mark or an introduction: whole lines, in one go as they were said. */
export function repeatedPassages(
  lines: readonly TextLine[],
  passageOf: (line: TextLine) => number,
  weightOf: readonly number[],
): readonly boolean[] {
  const passages = lines.map((line) => (hasWords(line) ? passageOf(line) : -1));
  const counts = new Map<number, number>();
  for (const passage of passages) if (passage !== -1) counts.set(passage, (counts.get(passage) ?? 0) + 1);
  return passages.map((passage) => {
    const weight = weightOf[passage] ?? 0;
    const count = counts.get(passage) ?? 0;
    return weight >= minLongPassageWeight || (weight >= minPassageWeight && count >= minPassageLines);
  });
}
