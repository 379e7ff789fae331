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
  /^From .*?\b((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +(?:[A-Z][a-z]{2} +\d{1,2}|\d{1,2} +[A-Z][a-z]{2})\b.*\d\d:\d\d.*\d{4}.*)$/;
const zone = /[ \d](?:[+-]\d{4}|[A-Z]{1,5})\b/;

/** Reads a line that begins with `From `, without its line end. Undefined where it has no date, as prose has none. */
export function readEnvelopeLine(line: string): (EnvelopeLine & { readonly dateMs: number }) | undefined {
  const match = datedLine.exec(line);
  const dateText = match?.[1] ?? '';
  const dateMs = match === null ? undefined : parseDate(dateText);
  if (dateMs === undefined) return undefined;
  return { dateMs, hasZone: zone.test(dateText) };
}

/** Reads `From -` or `From 1844347792267117879@xxx`: an envelope whose writer gave no date. */
export function readUndatedEnvelopeLine(line: string): EnvelopeLine | undefined {
  return /^From (?:-|\S+@\S+) *$/.test(line) ? { hasZone: false } : undefined;
}
