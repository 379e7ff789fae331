/** Formats that the standard numbers and files do not spell out (ECMA-376 part 1, section 18.8.30). */
const builtInDates: ReadonlySet<number> = new Set([
  14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 34, 35, 36, 50, 51, 52, 53, 54, 55, 56, 57, 58,
]);
const builtInTimes: ReadonlySet<number> = new Set([18, 19, 20, 21, 32, 33, 45, 46, 47]);
const builtInPercents: ReadonlySet<number> = new Set([9, 10]);

/** How a cell's number is meant. */
export type NumberKind = 'number' | 'date' | 'time' | 'percent';

/** What a format says of the numbers it is for; quoted text, colours and conditions in it say nothing. */
export function numberKind(id: number, code: string | undefined): NumberKind {
  if (code === undefined) {
    if (builtInDates.has(id)) return 'date';
    if (builtInTimes.has(id)) return 'time';
    return builtInPercents.has(id) ? 'percent' : 'number';
  }
  const plain = code.replaceAll(/"[^"]*"|\\.|_.|\*./g, '').replaceAll(/\[(?!h+\]|m+\]|s+\])[^\][]*\]/gi, '');
  if (/[dy]/i.test(plain)) return 'date';
  if (/[hs]/i.test(plain)) return 'time';
  return plain.includes('%') ? 'percent' : 'number';
}

const msPerDay = 86_400_000;
/** Day 0 of the two calendars that spreadsheets count in; the first believes in a 29 February 1900. */
const epochs = { from1900: Date.UTC(1899, 11, 30), from1904: Date.UTC(1904, 0, 1) };

function decimal(value: number): string {
  return String(Number(value.toPrecision(15)));
}

/** A number as a person sees it: dates in ISO form, percents with their sign, others without the noise of binary. */
export function formatNumber(text: string, kind: NumberKind, is1904: boolean): string {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) return text;
  if (kind === 'number') return decimal(value);
  if (kind === 'percent') return `${decimal(value * 100)}%`;
  const ms = Math.round(value * msPerDay);
  const moment = new Date((is1904 ? epochs.from1904 : epochs.from1900) + ms);
  if (Number.isNaN(moment.getTime())) return decimal(value);
  const iso = moment.toISOString();
  const clock = iso.slice(11, iso.slice(17, 19) === '00' ? 16 : 19);
  if (kind === 'time' && value < 1) return clock;
  return ms % msPerDay === 0 ? iso.slice(0, 10) : `${iso.slice(0, 10)} ${clock}`;
}

/** The column of a cell's name, from 0: `A1` is 0, `AB7` is 27; undefined where there is no name. */
export function columnOf(name: string | undefined): number | undefined {
  const letters = /^[A-Z]{1,3}/.exec(name ?? '')?.[0];
  if (letters === undefined) return undefined;
  return letters.split('').reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}
