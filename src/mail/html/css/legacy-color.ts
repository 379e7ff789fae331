import { parseHex, parseName, type Color } from './color.ts';

/** The colour that an attribute such as `bgcolor` names (HTML standard, section 2.3.6): any text but a few is one. */
export function parseLegacyColor(text: string): Color | undefined {
  const name = text.trim().toLowerCase();
  if (text === '' || name === 'transparent') return undefined;
  const named = /^[a-z]+$/.test(name) ? parseName(name) : undefined;
  if (typeof named === 'object') return named;
  if (/^#[\da-f]{3}$/.test(name)) return parseHex(name.slice(1));
  const digits = Array.from(name.slice(0, 128))
    .map((character) => (character.length > 1 ? '00' : character))
    .join('')
    .slice(0, 128)
    .replace(/^#/, '')
    .replaceAll(/[^\da-f]/g, '0');
  return fromDigits(digits.padEnd(Math.max(3, Math.ceil(digits.length / 3) * 3), '0'));
}

/** Three runs of digits of one length. */
function fromDigits(digits: string): Color {
  const length = digits.length / 3;
  let runs = [0, 1, 2].map((index) => digits.slice(index * length, (index + 1) * length));
  if (length > 8) runs = runs.map((run) => run.slice(-8));
  while ((runs[0]?.length ?? 0) > 2 && runs.every((run) => run.startsWith('0'))) runs = runs.map((run) => run.slice(1));
  const [red = 0, green = 0, blue = 0] = runs.map((run) => Number.parseInt(run.slice(0, 2), 16));
  return { red, green, blue, alpha: 1 };
}
