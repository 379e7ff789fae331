import { queryError } from './query-error.ts';
import type { WallTime } from '../../core/zoned-time.ts';
import { instantOf, subtractFrom, wallTimeAt } from '../../core/zoned-time.ts';

/** What the value of an operator is read against. */
export interface QueryClock {
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** IANA name, e.g. `Europe/Berlin`: where days begin at midnight. */
  readonly timeZone: string;
}

/** A value as it stands in the query. */
export interface QueryValue {
  readonly text: string;
  /** Offset in the query, from 0. */
  readonly position: number;
  /** In double quotes: words, never a keyword. */
  readonly isQuoted: boolean;
}

/** Fewer digits could be a year, more are milliseconds: both would silently search another time. */
const epochSecondsPattern = /^\d{9,11}$/;

const expectedDate = 'a date YYYY/MM/DD, YYYY-MM-DD or MM/DD/YYYY, or seconds since 1970 (9 to 11 digits)';

/**
 * The instant that a date names, milliseconds since 1970: the first of that day in the time zone. A date before 1970
 * counts as 1970, since no message is older. Throws `INVALID_INPUT`.
 */
export function readQueryDate(value: QueryValue, { timeZone }: QueryClock): number {
  if (epochSecondsPattern.test(value.text)) return Number(value.text) * 1000;
  const day = readDay(value.text);
  if (day === undefined) {
    throw queryError('this is no date.', { position: value.position, expected: expectedDate, got: value.text });
  }
  return Math.max(0, instantOf(day, timeZone));
}

function readDay(text: string): WallTime | undefined {
  const yearFirst = /^(\d{4})([/-])(\d{1,2})\2(\d{1,2})$/.exec(text);
  const monthFirst = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text);
  const [year, month, day] =
    yearFirst !== null
      ? [Number(yearFirst[1]), Number(yearFirst[3]), Number(yearFirst[4])]
      : monthFirst !== null
        ? [Number(monthFirst[3]), Number(monthFirst[1]), Number(monthFirst[2])]
        : [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const date = new Date(Date.UTC(year, month - 1, day));
  const isReal = year >= 1900 && year < 3000 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isReal ? { year, month, day, hour: 0, minute: 0, second: 0 } : undefined;
}

const ageUnits = { d: 'days', m: 'months', y: 'years' } as const;

/**
 * The instant that lies an age (`7d`, `3m`, `1y`) before now, at the same time of day in the time zone, in whole
 * seconds. Hours and weeks are refused: Gmail documents days, months and years only. Throws `INVALID_INPUT`.
 */
export function readQueryAge(value: QueryValue, { nowMs, timeZone }: QueryClock): number {
  const match = /^([1-9]\d{0,3})([dmy])$/i.exec(value.text);
  const letter = match?.[2]?.toLowerCase();
  if (letter !== 'd' && letter !== 'm' && letter !== 'y') {
    throw queryError('this is no age.', {
      position: value.position,
      expected: 'a number from 1 to 9999 with d (days), m (months) or y (years), e.g. 7d',
      got: value.text,
      hint: 'For hours or minutes, give after: or before: the seconds since 1970.',
    });
  }
  const wall = subtractFrom(wallTimeAt(nowMs, timeZone), Number(match?.[1]), ageUnits[letter]);
  return Math.max(0, instantOf(wall, timeZone));
}
