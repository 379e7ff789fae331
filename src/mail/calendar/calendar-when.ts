import { wallTimeAt } from '../../core/zoned-time.ts';
import type { CalendarEvent, CalendarTime } from './calendar-event.ts';

const minuteMs = 60_000;

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

/** An instant on the clock of a zone, with its distance from UTC: `2026-12-04 15:00 +0100`. */
function momentIn(instantMs: number, timeZone: string): string {
  const { year, month, day, hour, minute, second } = wallTimeAt(instantMs, timeZone);
  const aheadMinutes = Math.round((Date.UTC(year, month - 1, day, hour, minute, second) - instantMs) / minuteMs);
  const [sign, ahead] = aheadMinutes < 0 ? ['-', -aheadMinutes] : ['+', aheadMinutes];
  const offset = `${sign}${twoDigits(Math.floor(ahead / 60))}${twoDigits(ahead % 60)}`;
  return `${year}-${twoDigits(month)}-${twoDigits(day)} ${twoDigits(hour)}:${twoDigits(minute)} ${offset}`;
}

/** The last day of an event of whole days, whose end is the day after (RFC 5545 section 3.6.1). */
function lastDay(end: CalendarTime): string {
  return new Date(Date.parse(`${end.local}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}

/**
 * When an event is, in the reader's zone: `2026-12-04 15:00 to 16:30 +0100`. Only numbers and words of ours: a time whose
 * zone is not known here is told as the sender's clock shows it.
 */
export function whenOf({ start, end }: Pick<CalendarEvent, 'start' | 'end'>, timeZone: string): string {
  if (start === undefined) return '';
  if (start.isDay) {
    const last = end?.isDay === true ? lastDay(end) : start.local;
    return last > start.local ? `${start.local} to ${last}` : start.local;
  }
  if (start.instantMs === undefined) {
    return `${start.local}${end === undefined ? '' : ` to ${end.local}`}, on the clock of the place`;
  }
  const from = momentIn(start.instantMs, timeZone);
  if (end?.instantMs === undefined) return from;
  const to = momentIn(end.instantMs, timeZone);
  // The day and the distance from UTC once, where both times share them.
  const isSameDay = from.slice(0, 10) === to.slice(0, 10) && from.slice(16) === to.slice(16);
  return isSameDay ? `${from.slice(0, 16)} to ${to.slice(11)}` : `${from} to ${to}`;
}
