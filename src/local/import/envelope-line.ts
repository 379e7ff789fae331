import { parseDate } from '../../mail/mime/parse-date.ts';

/** What the line before a message in an mbox says of its delivery. */
export interface EnvelopeLine {
  /** When the message was delivered, milliseconds since 1970; undefined where the line has no readable date. */
  readonly dateMs?: number;
  /** Whether the date names its zone: without one it is local time of an unknown place, read as UTC. */
  readonly hasZone: boolean;
}

/**
 * RFC 4155 appendix A and its relatives: `From `, a sender of any shape (list archives write `edd at debian.org`), a
 * date that begins with a weekday and has a time and a year. Zones stand before the year (Takeout, Groups) or behind.
 */
const datedLine =
  /^From .{0,990}?\b((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +(?:[A-Z][a-z]{2} +\d{1,2}|\d{1,2} +[A-Z][a-z]{2})\b.{0,60}\d\d:\d\d.{0,60}\d{4}.*)$/s;
/** What is longer is prose. */
const maxLineCharacters = 1000;
const zone = /[ \d](?:[+-]\d{4}|[A-Z]{1,5})\b/;

/** Reads a line that begins with `From `, without its line end. Undefined where it has no date, as prose has none. */
export function readEnvelopeLine(line: string): (EnvelopeLine & { readonly dateMs: number }) | undefined {
  const match = line.length > maxLineCharacters ? null : datedLine.exec(line);
  const dateText = match?.[1] ?? '';
  const dateMs = match === null ? undefined : parseDate(dateText);
  if (dateMs === undefined) return undefined;
  return { dateMs, hasZone: zone.test(dateText) };
}

/** Reads `From -` or `From 1844347792267117879@xxx`: an envelope whose writer gave no date. */
export function readUndatedEnvelopeLine(line: string): EnvelopeLine | undefined {
  return /^From (?:-|[^\s@]+@\S+) *$/.test(line) ? { hasZone: false } : undefined;
}

/** Weekday, month, zone and the words between them: `lun`, `juin`, `CEST`, `de`. */
const maxDateWords = 4;

/**
 * Reads an envelope line of another dialect: a date without a weekday, in ISO 8601, with two digits for the year or the
 * year in another place, in another language; or no sender and no date at all. Such a line may be prose, so that the lines
 * behind it have to tell. Undefined for what has not even the form of one.
 */
export function readLooseEnvelopeLine(line: string): EnvelopeLine | undefined {
  const words = line
    .split(/\s+/)
    .slice(1)
    .filter((word) => word !== '');
  if (words.length <= 1) return { hasZone: false };
  // Archives that hide addresses write the sender in three words (`ann at example.org`).
  for (const senderWords of [1, 3, 0]) {
    const date = words.slice(senderWords);
    if (!isDate(date)) continue;
    const dateMs = parseDate(date.join(' '));
    return { hasZone: zone.test(` ${date.join(' ')}`), ...(dateMs === undefined ? {} : { dateMs }) };
  }
  return undefined;
}

/** Day, time and year are three numbers, or two words of ISO 8601, or one. */
function isDate(words: readonly string[]): boolean {
  const numbers = words.filter((word) => /^[+-]?\d/.test(word));
  const hasIsoDate = numbers.some((word) => /^\d{4}-\d\d-\d\d(?:T|$)/.test(word));
  const hasTime = numbers.some((word) => /^\d{1,2}[:.]\d\d/.test(word));
  const names = words.length - numbers.length;
  return names <= maxDateWords && (hasIsoDate || (hasTime && numbers.length >= 3 && names >= 1));
}
