const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Zones of RFC 5322 section 4.3, in minutes east of UTC. Any other name counts as UTC there, and so it does here. */
const zoneMinutes: Readonly<Record<string, number>> = {
  EDT: -240,
  EST: -300,
  CDT: -300,
  CST: -360,
  MDT: -360,
  MST: -420,
  PDT: -420,
  PST: -480,
};

/** A Date header is about 40 characters; nothing behind this many is looked at. */
const maxDateCharacters = 256;

/** RFC 5322 section 3.3: a year of the Date header is 1900 or later. */
const firstYear = 1900;

interface DateParts {
  day?: number;
  month?: number;
  year?: number;
  timeMs?: number | undefined;
  offsetMinutes?: number;
}

/**
 * The instant that a Date header names, in milliseconds since 1970, or undefined where none can be made out.
 * Reads RFC 5322 with its obsolete forms (two- and three-digit years, zone names, comments), and what old mail
 * has beside them: asctime (`Thu Feb 13 23:32:54 1969`), ISO 8601, `13-Feb-1997`, a zone before the year.
 * A time without a zone is taken as UTC.
 */
export function parseDate(text: string): number | undefined {
  return parseZonedDate(text)?.dateMs;
}

/** {@link parseDate} with the zone, in minutes east of UTC, by whose clock the date was written. */
export function parseZonedDate(text: string): { readonly dateMs: number; readonly offsetMinutes: number } | undefined {
  const parts: DateParts = {};
  const words = withoutComments(text.slice(0, maxDateCharacters))
    // Obsolete forms have white space around the colons.
    .replaceAll(/(\d)(?:\s+:\s*|:\s+)(?=\d)/g, '$1:')
    .replaceAll(/(\d{4}-\d\d-\d\d)T/g, '$1 ')
    .split(/[\s,]+/);
  for (const word of words) if (word !== '') readWord(parts, word);
  const dateMs = instantOf(parts);
  return dateMs === undefined ? undefined : { dateMs, offsetMinutes: parts.offsetMinutes ?? 0 };
}

/** RFC 5322 comments nest; an unclosed one reaches to the end. */
function withoutComments(text: string): string {
  if (!text.includes('(')) return text;
  let depth = 0;
  let result = '';
  for (const character of text) {
    if (character === '(') depth += 1;
    else if (character === ')' && depth > 0) depth -= 1;
    else if (depth === 0) result += character;
  }
  return result;
}

/** Takes one word for what its shape says; the first of a kind wins, and what has no meaning here is passed over. */
function readWord(parts: DateParts, word: string): void {
  if (!/^\d/.test(word)) {
    if (!readMonth(parts, word)) readZone(parts, word);
    return;
  }
  const time = /^(\d{1,2})[:.](\d\d)(?:[:.](\d\d)(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/i.exec(word);
  if (time !== null && parts.timeMs === undefined) {
    parts.timeMs = timeOfDay(Number(time[1]), Number(time[2]), Number(time[3] ?? 0));
    if (time[4] !== undefined) readZone(parts, time[4]);
    return;
  }
  const numericDate = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})$/.exec(word);
  if (numericDate !== null) {
    parts.year ??= Number(numericDate[1]);
    parts.month ??= Number(numericDate[2]) - 1;
    parts.day ??= Number(numericDate[3]);
    return;
  }
  const dashedDate = /^(\d{1,2})-([a-z]{3})[a-z]*-(\d{2,4})$/i.exec(word);
  if (dashedDate !== null) {
    parts.day ??= Number(dashedDate[1]);
    readMonth(parts, dashedDate[2] ?? '');
    parts.year ??= fullYear(dashedDate[3] ?? '');
    return;
  }
  if (/^\d+$/.test(word)) readNumber(parts, word);
}

function readNumber(parts: DateParts, digits: string): void {
  if (parts.day === undefined && digits.length <= 2) parts.day = Number(digits);
  else if (parts.year === undefined && digits.length >= 2 && digits.length <= 4) parts.year = fullYear(digits);
}

/**
 * RFC 5322 section 4.3: 00-49 are of this century, 50-99 and every three-digit year of the last. Programs that counted
 * years from 1900 wrote 2002 as 102 and, to four digits, as 0102.
 */
function fullYear(digits: string): number {
  const year = Number(digits);
  if (year >= 1000) return year;
  return digits.length === 2 && year < 50 ? 2000 + year : 1900 + year;
}

function readMonth(parts: DateParts, word: string): boolean {
  if (!/^[a-z]{3,9}\.?$/i.test(word)) return false;
  const index = monthNames.indexOf(word.slice(0, 3).toLowerCase());
  if (index < 0) return false;
  parts.month ??= index;
  return true;
}

function readZone(parts: DateParts, word: string): void {
  // A weekday stands before the time, a zone behind it.
  if (parts.offsetMinutes !== undefined || parts.timeMs === undefined) return;
  const offset = /^(?:GMT|UTC?)?([+-])(?:(\d\d):?(\d\d)(?:\.\d+)?|(\d{1,2}))$/i.exec(word);
  if (offset !== null) {
    const minutes = Number(offset[2] ?? offset[4]) * 60 + Number(offset[3] ?? 0);
    parts.offsetMinutes = offset[1] === '-' ? -minutes : minutes;
  } else if (/^[a-z]+$/i.test(word)) {
    parts.offsetMinutes = zoneMinutes[word.toUpperCase()] ?? 0;
  }
}

/** A second of 60 is a leap second (RFC 5322 section 3.3). */
function timeOfDay(hour: number, minute: number, second: number): number | undefined {
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  return ((hour * 60 + minute) * 60 + second) * 1000;
}

function instantOf({ day, month, year, timeMs = 0, offsetMinutes = 0 }: DateParts): number | undefined {
  if (day === undefined || month === undefined || year === undefined || year < firstYear) return undefined;
  const midnightMs = Date.UTC(year, month, day);
  const date = new Date(midnightMs);
  // `Date.UTC` carries 31 February over into March.
  if (date.getUTCMonth() !== month || date.getUTCDate() !== day) return undefined;
  return midnightMs + timeMs - offsetMinutes * 60_000;
}
