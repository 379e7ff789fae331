import { html, type Html } from '../html/html.ts';

/** A text of fewer lines, each this long at most, needs no large frame; a person can draw it larger. */
const shortLines = 12;
const lineCharacters = 70;

/** The frame of a message as it was laid out, as high as its text lets expect: nothing of it can say so itself. */
export function frameOf(address: string, title: string, text: string): Html {
  const lines = text.split('\n').reduce((sum, line) => sum + 1 + Math.floor(line.length / lineCharacters), 0);
  const size = lines < shortLines ? 'short' : 'tall';
  return html`<iframe class="${size}" sandbox title="${title}" src="${address}" loading="lazy"></iframe>`;
}
