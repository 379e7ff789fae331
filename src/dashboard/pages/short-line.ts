import { printableLine } from '../../mail/text/printable-text.ts';

/** A text as one line, cut where it is longer than `most` characters. */
export function shortLine(text: string, most: number): string {
  const line = printableLine(text);
  return line.length > most ? `${line.slice(0, most)}…` : line;
}
