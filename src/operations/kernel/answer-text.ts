import { randomInt } from 'node:crypto';
import { printableText } from '../../mail/text/printable-text.ts';

/** Words that others wrote, as one block of an answer. */
export interface Fenced {
  /** Each under a line of its own; the title is ours. */
  readonly sections: readonly { readonly title: string; readonly text: string }[];
}

/** A file whose bytes can be had at an address of this server. */
export interface FileLink {
  readonly uri: string;
  /** A handle, as words of others stand in a fence. */
  readonly name: string;
  readonly mimeType: string;
  /** Undefined where it is not known yet. */
  readonly sizeBytes?: number;
}

/** An answer for a language model: our own words as plain lines, the words of others fenced. */
export type AnswerText = string | readonly (string | Fenced | FileLink)[];

/** The files that an answer points to. */
export function linksOf(answer: AnswerText): readonly FileLink[] {
  if (typeof answer === 'string') return [];
  return answer.filter((part) => typeof part !== 'string' && 'uri' in part);
}

/** Makes the code of a fence: six characters that nobody outside can foresee. */
export type MakeNonce = () => string;

/** Consonants and digits: no words, and cheap in tokens, as three of a kind are often one token. */
const consonants = 'bcdfghjkmnpqrstvwxz';

/** How often a code is made again because the text holds it; a random one is in a megabyte of codes once in 50 times. */
const maxAttempts = 20;

/** A code such as `kvd719`. */
function randomNonce(): string {
  return threeOf(consonants) + threeOf('0123456789');
}

function threeOf(characters: string): string {
  return Array.from({ length: 3 }, () => characters.charAt(randomInt(characters.length))).join('');
}

/** Words of others as a block of an answer, under a title of ours that says what they are; nothing where there are none. */
export function fence(title: string, text: string): readonly Fenced[] {
  return text === '' ? [] : [{ sections: [{ title, text }] }];
}

/**
 * The text of an answer. Every fence begins with `[code] untrusted …`, separates its sections by `[code] …` and ends with
 * `[code] end`. The code is new for each answer and stands nowhere in what others wrote, so nobody can write such a line.
 * Control and invisible characters are taken out of everything.
 */
export function renderAnswer(answer: AnswerText, makeNonce: MakeNonce = randomNonce): string {
  const parts = (typeof answer === 'string' ? [answer] : answer).map((part) => {
    if (typeof part === 'string') return printableText(part);
    if ('uri' in part) return `Bytes of ${part.name}: ${part.uri}`;
    return { sections: part.sections.map(({ title, text }) => ({ title, text: printableText(text) })) };
  });
  const foreign = parts.flatMap((part) => (typeof part === 'string' ? [] : part.sections.map(({ text }) => text)));
  const nonce = foreign.length === 0 ? '' : unusedNonce(foreign, makeNonce);
  return parts.map((part) => (typeof part === 'string' ? part : renderFence(part, nonce))).join('\n');
}

function unusedNonce(foreign: readonly string[], makeNonce: MakeNonce): string {
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const nonce = makeNonce();
    if (!foreign.some((text) => text.includes(nonce))) return nonce;
  }
  throw new Error('The text of an answer holds every code that was made for its fence.');
}

function renderFence({ sections }: Fenced, nonce: string): string {
  const lines = sections.flatMap(({ title, text }, index) => [
    `[${nonce}] ${index === 0 ? 'untrusted ' : ''}${title}`,
    ...(text === '' ? [] : [text]),
  ]);
  return [...lines, `[${nonce}] end`].join('\n');
}
