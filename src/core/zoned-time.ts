/** A point of the calendar and the clock on the wall, in some time zone. Months count from 1. */
export interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const dayMs = 86_400_000;

/** Whether a time zone has a name that everybody knows (IANA); others are words of whoever wrote them. */
export function isKnownZone(zone: string): boolean {
  // Without this check the runtime takes bare offsets too.
  if (!/^[A-Za-z][\w+/-]{1,60}$/.test(zone)) return false;
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** Of the zone that was asked last: making one takes a quarter of a millisecond, and a date in a query asks four times. */
let latest: { readonly timeZone: string; readonly format: Intl.DateTimeFormat } | undefined;

function formatOf(timeZone: string): Intl.DateTimeFormat {
  if (latest?.timeZone === timeZone) return latest.format;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  latest = { timeZone, format };
  return format;
}

/** What the wall clock shows in an IANA time zone at an instant (milliseconds since 1970). */
export function wallTimeAt(instantMs: number, timeZone: string): WallTime {
  const parts = formatOf(timeZone).formatToParts(instantMs);
  const numberOf = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
  return {
    year: numberOf('year'),
    month: numberOf('month'),
    day: numberOf('day'),
    hour: numberOf('hour'),
    minute: numberOf('minute'),
    second: numberOf('second'),
  };
}

/**
 * The first instant (milliseconds since 1970, whole seconds) at which the wall clock in an IANA time zone shows `wall`.
 * Where the clock leaps over it (daylight saving begins), the instant of the leap. A month or a day out of range
 * carries over, as in `Date.UTC`.
 */
export function instantOf(wall: WallTime, timeZone: string): number {
  const asUtcMs = utcOf(wall);
  // Zones change their offset at most once within a day of any instant.
  const offsetBeforeMs = offsetAt(asUtcMs - dayMs, timeZone);
  const offsetAfterMs = offsetAt(asUtcMs + dayMs, timeZone);
  const candidates = [
    asUtcMs - Math.max(offsetBeforeMs, offsetAfterMs),
    asUtcMs - Math.min(offsetBeforeMs, offsetAfterMs),
  ];
  const exact = candidates.find((instantMs) => utcOf(wallTimeAt(instantMs, timeZone)) === asUtcMs);
  return exact ?? asUtcMs - offsetBeforeMs;
}

function offsetAt(instantMs: number, timeZone: string): number {
  return utcOf(wallTimeAt(instantMs, timeZone)) - instantMs;
}

function utcOf({ year, month, day, hour, minute, second }: WallTime): number {
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** `wall` some days, months or years earlier, at the same time of day; 31 March less a month is the last of February. */
export function subtractFrom(wall: WallTime, amount: number, unit: 'days' | 'months' | 'years'): WallTime {
  if (unit === 'days') {
    const date = new Date(Date.UTC(wall.year, wall.month - 1, wall.day - amount));
    return { ...wall, year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
  }
  const monthIndex = wall.year * 12 + (wall.month - 1) - amount * (unit === 'years' ? 12 : 1);
  const year = Math.floor(monthIndex / 12);
  const month = (monthIndex % 12) + 1;
  return { ...wall, year, month, day: Math.min(wall.day, new Date(Date.UTC(year, month, 0)).getUTCDate()) };
}
