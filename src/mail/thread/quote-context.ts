import { clipText } from '../text/clip-text.ts';
import type { TextLine } from './text-lines.ts';

/** What is kept of a quote that is answered below it. */
const contextLines = 3;
const contextCharacters = 100;
const maxContextCharacters = 240;

/**
 * The end of a quote of the lines from `quoteStart` to before `end`, as far as an answer below it needs it, and the line
 * from which on it is kept.
 */
export function contextOf(
  lines: readonly TextLine[],
  quoteStart: number,
  end: number,
): { readonly first: number; readonly lines: readonly string[] } {
  const kept: string[] = [];
  let characters = 0;
  let first = end;
  while (first > quoteStart && kept.length < contextLines && characters < contextCharacters) {
    const line = lines[first - 1];
    if (line === undefined) break;
    if (line.content === '' && kept.length > 0) break;
    first -= 1;
    if (line.content === '') continue;
    characters += line.content.length;
    kept.unshift(`> ${lastWords(line.content)}`);
  }
  return { first, lines: kept };
}

/** The end of a long line, from a word on. */
function lastWords(content: string): string {
  if (content.length <= maxContextCharacters) return content;
  const tail = content.slice(-maxContextCharacters).toWellFormed();
  return `…${clipText(tail.slice(tail.indexOf(' ') + 1), maxContextCharacters).text}`;
}
