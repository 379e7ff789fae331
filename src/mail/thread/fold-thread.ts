import { beginningOf } from '../text/beginning-of.ts';
import { connectorStart, withBareDivider, type Author } from './find-connector.ts';
import { contextOf } from './quote-context.ts';
import { isWithin, lineKey, repeatedPassages, runsOfWords } from './line-runs.ts';
import { SaidWords, type Run } from './said-words.ts';
import { hasWords, splitLines, type TextInLines, type TextLine } from './text-lines.ts';
import { WordTable } from './word-table.ts';

/** A message of a thread, oldest first. */
export interface ThreadText {
  readonly text: string;
  readonly author: Author;
  /** Without angle brackets; empty where it has none. */
  readonly messageId: string;
  /** Ids of the messages that it answers, directly or by way of others, as far as it says. */
  readonly references: readonly string[];
}

/** A text without what earlier messages of its thread say already. */
export interface FoldedText {
  /** Own words whole; in place of a passage between them that was left out, `[12 quoted lines]` or `[5 lines as before]`. */
  readonly text: string;
  /** Lines left out. */
  readonly foldedLines: number;
}

/** Behind so much of a message nothing is folded: it bounds the work. Real mail is far shorter. */
const maxFoldedCharacters = 50_000;
const maxFoldedLines = 2500;

/** An unmarked passage counts as repeated from this weight on: a shorter one may be the same by chance. */
const minHistoryWeight = 8;

/** A line of fewer words may be the end of another line of the text that is quoted. */
const minUnalignedWords = 5;

/** What weighs less is not worth the words that say it was left out. */
const minFoldedWeight = 9;

/** A quote that leaves out less of the end of a message is the whole message. */
const trimmedWords = 12;

/** The beginning of a text, as much of it as is folded. */
export function foldablePart(text: string): string {
  return beginningOf(text, maxFoldedCharacters, maxFoldedLines);
}

/** Lines that are left out together. */
interface Fold {
  readonly first: number;
  /** The last line and one. */
  readonly end: number;
  /** Where the quoted lines begin, behind what introduces them. */
  readonly quoteStart: number;
  readonly kind: 'quote' | 'repetition';
}

/** Folds the messages of one thread, to be given one after the other, oldest first. */
class ThreadFolder {
  readonly #table = new WordTable();
  readonly #said = new SaidWords();
  readonly #saidLines = new Set<string>();
  readonly #authors: Author[] = [];
  readonly #placeOfId = new Map<string, number>();
  /** For each message the places of those that it answers. */
  readonly #ancestors: ReadonlySet<number>[] = [];
  /** Place among the words said behind the last own word of each message, and behind its last word at all. */
  readonly #ends: { readonly own: number; readonly all: number }[] = [];

  /** The beginning of the message, without what those before it say already; what is behind that is left as it is. */
  fold(message: ThreadText): FoldedText {
    const { text, author } = message;
    const parts = splitLines(foldablePart(text), this.#table);
    const folds = this.#findFolds(parts, this.#ancestorsOf(message));
    const folded = this.#write(parts, folds);
    this.#remember(parts, folds, author);
    return folded;
  }

  /** The earlier messages that this one answers, by way of others too; undefined where it does not say: any may be. */
  #ancestorsOf({ messageId, references }: ThreadText): ReadonlySet<number> | undefined {
    const parents = references.flatMap((id) => this.#placeOfId.get(id) ?? []);
    const ancestors = new Set(parents.flatMap((place) => [place, ...(this.#ancestors[place] ?? [])]));
    this.#ancestors.push(ancestors);
    if (messageId !== '') this.#placeOfId.set(messageId, this.#ancestors.length - 1);
    return parents.length === 0 ? undefined : ancestors;
  }

  #findFolds({ lines, words }: TextInLines, ancestors: ReadonlySet<number> | undefined): readonly Fold[] {
    const all = this.#said.findRuns(words, () => true);
    const isOfAll = ancestors === undefined || ancestors.size === this.#ends.length;
    // What is quoted is what is answered: the same words of somebody else are a coincidence.
    const runs = isOfAll ? all : this.#said.findRuns(words, (text) => ancestors.has(text));
    const runOf = runsOfWords(words.length, runs);
    const weightOf = runs.map(({ start, end }) => this.#weigh(words, start, end));
    const isCovered = (line: TextLine): boolean => isWithin(line, (place) => runOf[place] !== -1);
    const isQuoted = (line: TextLine): boolean =>
      line.depth > 0 && (isCovered(line) || this.#saidLines.has(lineKey(words, line)));
    const isHistory = (line: TextLine): boolean =>
      isWithin(line, (place) => (weightOf[runOf[place] ?? -1] ?? 0) >= minHistoryWeight) &&
      this.#isAligned(line, runs[runOf[line.start] ?? -1], runs[runOf[line.end - 1] ?? -1]);
    const isWholeMessage = (line: TextLine): boolean => {
      const run = runs[runOf[line.start] ?? -1];
      return run?.start === line.start && this.#isWhole(run);
    };
    const passageOf = runsOfWords(words.length, all);
    const isPassage = repeatedPassages(
      lines,
      (line) => {
        const passage = passageOf[line.start] ?? -1;
        const isWhole = isWithin(line, (place) => passageOf[place] === passage);
        return isWhole && this.#isAligned(line, all[passage], all[passage]) ? passage : -1;
      },
      all.map(({ start, end }) => this.#weigh(words, start, end)),
    );

    const folds: Fold[] = [];
    let isInHistory = false;
    let introducedRun = -1;
    for (const [at, line] of lines.entries()) {
      if (!hasWords(line)) continue;
      const isMarked = isQuoted(line);
      const previous = folds.at(-1);
      const isBelow = previous?.kind === 'quote' && !lines.slice(previous.end, at).some(hasWords);
      const mayBegin = !isBelow && (isMarked || isHistory(line) || isPassage[at] === true || isWholeMessage(line));
      const introduction = mayBegin ? connectorStart(lines, at, this.#authors) : undefined;
      if (introduction !== undefined) endBefore(introduction, folds);
      if (!isMarked && introduction !== undefined && line.depth === 0) {
        isInHistory = true;
        introducedRun = runOf[line.start] ?? -1;
      }
      const isIntroduced = introducedRun !== -1 && isWithin(line, (place) => runOf[place] === introducedRun);
      const isRepeated = isInHistory ? isIntroduced || isHistory(line) : isPassage[at] === true;
      if (!isMarked && !isRepeated) continue;
      const kind = isMarked || isInHistory ? 'quote' : 'repetition';
      // The line above a footer goes with it.
      const begin = introduction ?? (kind === 'repetition' ? withBareDivider(lines, at) : at);
      const first = Math.max(begin, folds.at(-1)?.end ?? 0);
      addFold(folds, { first, quoteStart: at, end: at + 1, kind }, lines);
    }
    return folds.filter(
      ({ first, end }) => this.#weigh(words, lines[first]?.start ?? 0, lines[end - 1]?.end ?? 0) >= minFoldedWeight,
    );
  }

  /** Whether a passage is a message from its first word to its last own one. */
  #isWhole({ start, end, at }: Run): boolean {
    const message = this.#ends.find(({ all }) => all > at);
    return this.#said.isTextStart(at) && message !== undefined && message.own <= at + end - start;
  }

  /** Whether a short line at the beginning or the end of a passage was a line of its own there, too. */
  #isAligned({ start, end }: TextLine, first: Run | undefined, last: Run | undefined): boolean {
    if (first === undefined || last === undefined) return false;
    if (end - start >= minUnalignedWords) return true;
    const begins = start > first.start || this.#said.isLineStart(first.at);
    const ends = end < last.end || this.#said.isLineStart(last.at + last.end - last.start);
    return begins && ends;
  }

  #weigh(words: readonly number[], start: number, end: number): number {
    let weight = 0;
    for (let place = start; place < end; place += 1) weight += this.#table.weights[words[place] ?? 0] ?? 0;
    return weight;
  }

  #write({ lines, words }: TextInLines, folds: readonly Fold[]): FoldedText {
    const answered = folds.filter((fold, index) => isAnswered(lines, fold, folds[index + 1]));
    const isInterleaved = answered.length > 1;
    const isFolded = foldedFlags(lines.length, folds);
    const isKept = (line: TextLine, index: number): boolean => isFolded[index] !== 1 && hasWords(line);
    const [firstKept, lastKept] = [lines.findIndex(isKept), lines.findLastIndex(isKept)];
    const written: string[] = [];
    let foldedLines = 0;
    let at = 0;
    for (const fold of folds) {
      written.push(...lines.slice(at, fold.first).map(({ raw }) => raw));
      const isContext = answered.includes(fold) && (isInterleaved || this.#isTrimmed(words, lines[fold.end - 1]));
      const context =
        isContext && fold.kind === 'quote'
          ? contextOf(lines, fold.quoteStart, fold.end)
          : { first: fold.end, lines: [] };
      const left = lines.slice(fold.first, context.first);
      at = fold.end;
      if (this.#weigh(words, left[0]?.start ?? 0, left.at(-1)?.end ?? 0) < minFoldedWeight) {
        written.push(...lines.slice(fold.first, fold.end).map(({ raw }) => raw));
        continue;
      }
      const count = left.filter(hasWords).length;
      foldedLines += count;
      // At either end of a message it goes without saying that the rest is quoted.
      const isBetween = firstKept !== -1 && firstKept < fold.first && lastKept >= fold.end;
      written.push(...(isBetween ? [markOf(fold.kind, count)] : []), ...context.lines);
    }
    written.push(...lines.slice(at).map(({ raw }) => raw));
    const isEmpty = foldedLines > 0 && written.every((line) => line.trim() === '');
    if (isEmpty) return { text: markOf('quote', foldedLines), foldedLines };
    return { text: written.join('\n').replaceAll(/\n(?:[ \t>]*\n){2,}/g, '\n\n'), foldedLines };
  }

  /** Whether a quote that ends with this line leaves out the end of the message that it quotes. */
  #isTrimmed(words: readonly number[], line: TextLine | undefined): boolean {
    const place = line === undefined ? undefined : this.#said.firstPlaceBehind(words, line.end);
    if (place === undefined) return false;
    const end = this.#ends.find(({ all }) => all >= place);
    return end !== undefined && end.own - place >= trimmedWords;
  }

  #remember({ lines, words }: TextInLines, folds: readonly Fold[], author: Author): void {
    const from = this.#said.length;
    const isFolded = foldedFlags(lines.length, folds);
    const isOwn = (line: TextLine, index: number): boolean =>
      hasWords(line) && line.depth === 0 && isFolded[index] !== 1;
    const lastOwn = lines.findLast(isOwn);
    this.#said.add(
      words,
      lines.filter(hasWords).map(({ start }) => start),
    );
    this.#ends.push({ own: from + (lastOwn?.end ?? words.length), all: from + words.length });
    for (const line of lines) if (hasWords(line)) this.#saidLines.add(lineKey(words, line));
    this.#authors.push(author);
  }
}

/** Takes from a repeated passage what turned out to introduce a quote: parts of it were said before, too. */
function endBefore(introduction: number, folds: Fold[]): void {
  const last = folds.at(-1);
  if (last?.kind !== 'repetition' || introduction >= last.end) return;
  folds.pop();
  if (introduction > last.first) folds.push({ ...last, end: introduction });
}

/** Adds lines to the last fold, if it is of their kind and nothing to read is between, else as a fold of their own. */
function addFold(folds: Fold[], fold: Fold, lines: readonly TextLine[]): void {
  const last = folds.at(-1);
  const touches = last?.kind === fold.kind && !lines.slice(last.end, fold.first).some(hasWords);
  if (touches) folds[folds.length - 1] = { ...last, end: fold.end };
  else folds.push(fold);
}

/** The foldable parts of the messages of a thread, oldest first, each without what those before it say already. */
export function foldParts(messages: readonly ThreadText[]): readonly FoldedText[] {
  const folder = new ThreadFolder();
  return messages.map((message) => folder.fold(message));
}

/** Messages whose foldable parts have been folded, each whole. */
export function withRest(messages: readonly ThreadText[], folded: readonly FoldedText[]): readonly FoldedText[] {
  return folded.map(({ text, foldedLines }, index) => {
    const whole = messages[index]?.text ?? '';
    return { text: `${text}${whole.slice(foldablePart(whole).length)}`.trim(), foldedLines };
  });
}

/** The messages of a thread, oldest first, each without what those before it say already. */
export function foldThread(messages: readonly ThreadText[]): readonly FoldedText[] {
  return withRest(messages, foldParts(messages));
}

/** For each line 1 where it is folded, else 0. */
function foldedFlags(count: number, folds: readonly Fold[]): Uint8Array {
  const flags = new Uint8Array(count);
  for (const { first, end } of folds) flags.fill(1, first, end);
  return flags;
}

/** Whether words that are kept follow directly below a quote. */
function isAnswered(lines: readonly TextLine[], { kind, end }: Fold, next: Fold | undefined): boolean {
  return kind === 'quote' && lines.slice(end, next?.first ?? lines.length).some(hasWords);
}

function markOf(kind: Fold['kind'], count: number): string {
  const lines = `line${count === 1 ? '' : 's'}`;
  return kind === 'quote' ? `[${count} quoted ${lines}]` : `[${count} ${lines} as before]`;
}
