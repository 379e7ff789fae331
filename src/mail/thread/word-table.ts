/**
 * What counts as a word when texts are compared: letters and digits in a row; of scripts without spaces each character; a
 * picture or a tick, which may be all that an answer adds to a line.
 * Case, punctuation, spacing and line breaks are what mail programs change when they quote.
 */
const word =
  /[\p{Extended_Pictographic}\u2610-\u2612\u2713-\u2718\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]|[\p{L}\p{M}\p{N}]+/gu;

/** Scripts in which one character is about half a word, and those in which it is about a fifth. */
const halfWord = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]$/u;
const fifthOfWord = /^[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]$/u;

/** What mail programs add to a text or leave out when they quote it: targets of links, their numbers, names of pictures. */
const additions =
  /<(?:mailto|https?|tel):[^>\s]{0,500}>|\((?:mailto|https?|tel):[^)\s]{0,500}\)|\[(?:\d{1,4}(?:: leads to [^\]\s]{1,253})?|(?:image|cid):[^\]]{0,200})\]/gi;

/** Words as numbers: the same number is the same word. Numbers count from 1. */
export class WordTable {
  readonly #numbers = new Map<string, number>();
  /** By number: 1, or less where a word is one character. */
  readonly weights: number[] = [0];

  /** The words of a line, in order. */
  numbersOf(line: string): number[] {
    const words = line.replaceAll(additions, ' ').toLowerCase().match(word) ?? [];
    return words.map((text) => this.#numberOf(text));
  }

  #numberOf(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.weights.push(halfWord.test(text) ? 0.5 : fifthOfWord.test(text) ? 0.2 : 1);
    this.#numbers.set(text, this.weights.length - 1);
    return this.weights.length - 1;
  }
}
