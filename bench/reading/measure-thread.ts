import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import type { ParsedMail } from '../../src/mail/message.ts';
import { bodyText } from '../../src/mail/text/body-text.ts';
import { foldThread } from '../../src/mail/thread/fold-thread.ts';
import { wordsOf } from './compare-words.ts';

/** What folding makes of a thread. */
export interface ThreadFigures {
  readonly wholeTokens: number;
  /** Of lines that are no quote, each counted once in the thread. */
  readonly ownTokens: number;
  readonly foldedTokens: number;
  /** Of quoted lines that stay, as an answer is written below them or their message is not in the thread. */
  readonly contextTokens: number;
  readonly ownLines: number;
  readonly lostLines: number;
}

const quoteMark = /^\s*[>|]/;

function tokens(text: string): number {
  return encode(text).length;
}

/**
 * A field of a header block, what stands above one, a line that ends in "wrote:", or one right above a quote: what introduces a
 * quote goes with it, also with a quote that no mark shows.
 */
function isIntroduction(lines: readonly string[], at: number): boolean {
  const line = lines[at] ?? '';
  if (/^\s*[*_]*(?:From|Sent|To|Cc|Subject|Date)[*_]*:/i.test(line)) return true;
  if (/\bwrote:\s*$|^\s*-{2,}\s*Original Message\s*-{2,}\s*$/i.test(line)) return true;
  const below = lines.slice(at + 1).filter((line) => line.trim() !== '');
  return below.slice(0, 2).some((line) => quoteMark.test(line));
}

export function measureThread(thread: readonly ParsedMail[]): ThreadFigures {
  const texts = thread.map((message) => bodyText(message).text);
  const folded = foldThread(
    thread.map(({ from, messageId, references }, index) => ({
      text: texts[index] ?? '',
      author: from[0] ?? { name: '', address: '' },
      messageId,
      references,
    })),
  );
  const said = new Set<string>();
  const own: string[] = [];
  let ownLines = 0;
  let lostLines = 0;
  const shown = folded.map(({ text }) => ` ${wordsOf(text).join(' ')} `);
  for (const [index, text] of texts.entries()) {
    const lines = text.split('\n');
    for (const [at, line] of lines.entries()) {
      const words = wordsOf(line).join(' ');
      if (quoteMark.test(line) || words === '' || said.has(words) || isIntroduction(lines, at)) continue;
      said.add(words);
      own.push(line);
      ownLines += 1;
      if (!shown.slice(0, index + 1).some((other) => other.includes(` ${words} `))) lostLines += 1;
    }
  }
  const lines = folded.flatMap(({ text }) => text.split('\n'));
  return {
    wholeTokens: tokens(texts.join('\n')),
    ownTokens: tokens(own.join('\n')),
    foldedTokens: tokens(lines.join('\n')),
    contextTokens: tokens(lines.filter((line) => quoteMark.test(line)).join('\n')),
    ownLines,
    lostLines,
  };
}
