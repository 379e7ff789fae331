/** Words in a row by which a passage is found. */
const shingleWords = 3;

/** A passage of a text that was said before: from word `start` to before word `end`, as from place `at` of what was said. */
export interface Run {
  readonly start: number;
  readonly end: number;
  readonly at: number;
}

/** Stands between two texts; no word has this number. */
const border = 0;

/** Places of three words that are tried, from the last one back; beside these, the first. It bounds the work. */
const maxPlaces = 8;

/** Words in which one passage may go over into another. */
const maxSharedWords = 8;

/**
 * The words of the texts so far, in which passages of the next text are found in time that grows with its length: a hash
 * table has the first and the last place of each three words in a row, and each place the one before it.
 */
export class SaidWords {
  readonly #words: number[] = [];
  /** For each word, which text it is of, from 0. */
  readonly #textOf: number[] = [];
  #texts = 0;
  /** Places of words that begin a line. */
  readonly #lineStarts = new Set<number>();
  #first = new Int32Array(2 ** 12).fill(-1);
  #last = new Int32Array(2 ** 12).fill(-1);
  /** For each place, the place before at which the same three words are; -1 for none. */
  readonly #before: number[] = [];
  #keys = 0;

  /** How many words have been said: the place of the next one. */
  get length(): number {
    return this.#words.length;
  }

  /** Adds a text; `lineStarts` are the places of its words that begin a line. */
  add(words: readonly number[], lineStarts: readonly number[]): void {
    const from = this.#words.length;
    for (const start of lineStarts) this.#lineStarts.add(from + start);
    for (const number of [...words, border]) {
      this.#words.push(number);
      this.#textOf.push(this.#texts);
    }
    this.#texts += 1;
    for (let place = from; place + shingleWords <= this.#words.length - 1; place += 1) this.#index(place);
  }

  /**
   * The passages of a text that were said before, none overlapping, each as long as it can be. Only the texts that
   * `isSource` names, by their place in the order they were added, are looked at.
   */
  findRuns(words: readonly number[], isSource: (text: number) => boolean): readonly Run[] {
    const runs: Run[] = [];
    let start = 0;
    while (start + shingleWords <= words.length) {
      const run = this.#longestRun(words, start, isSource);
      if (run === undefined) start += 1;
      else {
        const end = this.#startOfLonger(words, run, isSource) ?? run.end;
        runs.push({ ...run, end });
        start = end;
      }
    }
    return runs;
  }

  #longestRun(words: readonly number[], start: number, isSource: (text: number) => boolean): Run | undefined {
    let longest: Run | undefined;
    for (const at of this.#placesOf(words, start)) {
      const length = isSource(this.#textOf[at] ?? 0) ? this.#commonLength(words, start, at) : 0;
      if (start + length > (longest?.end ?? start)) longest = { start, end: start + length, at };
    }
    return longest;
  }

  /**
   * Where a longer passage begins within the last words of a run and goes on behind it: the run came so far only because
   * two passages begin with the same words.
   */
  #startOfLonger(words: readonly number[], run: Run, isSource: (text: number) => boolean): number | undefined {
    for (let start = Math.max(run.start + 1, run.end - maxSharedWords); start < run.end; start += 1) {
      for (const at of this.#placesOf(words, start)) {
        const goesOn = this.#words[at + run.end - start] === words[run.end] && isSource(this.#textOf[at] ?? 0);
        if (goesOn && this.#commonLength(words, start, at) > run.end - run.start) return start;
      }
    }
    return undefined;
  }

  /** Where the three words from `start` were said: the first place, then the last ones. */
  *#placesOf(words: readonly number[], start: number): Iterable<number> {
    const slot = this.#slotOf(words, start);
    const first = this.#first[slot] ?? -1;
    if (first === -1) return;
    yield first;
    let place = this.#last[slot] ?? first;
    for (let count = 0; count < maxPlaces && place > first; count += 1) {
      yield place;
      place = this.#before[place] ?? first;
    }
  }

  /** The first place at which the words before `end` of a text were said, as the place behind them; undefined for none. */
  firstPlaceBehind(words: readonly number[], end: number): number | undefined {
    if (end < shingleWords) return undefined;
    const place = this.#first[this.#slotOf(words, end - shingleWords)] ?? -1;
    return place < 0 ? undefined : place + shingleWords;
  }

  /** Whether a word begins a line, or none is there: what is before it ends one. */
  isLineStart(place: number): boolean {
    return this.#lineStarts.has(place) || (this.#words[place] ?? border) === border;
  }

  /** Whether a word begins a text. */
  isTextStart(place: number): boolean {
    return place === 0 || this.#words[place - 1] === border;
  }

  #commonLength(words: readonly number[], start: number, place: number): number {
    let length = 0;
    while (start + length < words.length && words[start + length] === this.#words[place + length]) length += 1;
    return length;
  }

  #index(place: number): void {
    if (this.#keys * 2 > this.#first.length) this.#grow();
    const slot = this.#slotOf(this.#words, place);
    if (this.#first[slot] === -1) {
      this.#first[slot] = place;
      this.#keys += 1;
    }
    this.#before[place] = this.#last[slot] ?? -1;
    this.#last[slot] = place;
  }

  #grow(): void {
    const [first, last] = [this.#first, this.#last];
    this.#first = new Int32Array(first.length * 2).fill(-1);
    this.#last = new Int32Array(first.length * 2).fill(-1);
    for (const [index, place] of first.entries()) {
      if (place === -1) continue;
      const slot = this.#slotOf(this.#words, place);
      this.#first[slot] = place;
      this.#last[slot] = last[index] ?? place;
    }
  }

  /** Where the three words from `place` are kept, or the free slot that they would take. */
  #slotOf(words: readonly number[], place: number): number {
    const mask = this.#first.length - 1;
    const [one = 0, two = 0, three = 0] = [words[place], words[place + 1], words[place + 2]];
    let hash = Math.imul(one, 0x9e3779b1) ^ Math.imul(two, 0x85ebca6b) ^ Math.imul(three, 0xc2b2ae35);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    let slot = (hash ^ (hash >>> 13)) & mask;
    for (;;) {
      const known = this.#first[slot] ?? -1;
      if (known === -1) return slot;
      const isSame = this.#words[known] === one && this.#words[known + 1] === two && this.#words[known + 2] === three;
      if (isSame) return slot;
      slot = (slot + 1) & mask;
    }
  }
}
