import { wallTimeAt } from '../../core/zoned-time.ts';
import type { Address } from '../message.ts';
import type { CalendarEvent, CalendarTime } from './calendar-event.ts';
import { readCalendar } from './read-calendar.ts';

const minuteMs = 60_000;

/** What a calendar can want (RFC 5546 section 1.4); another word is a sender's and told nowhere. */
const methods = ['REQUEST', 'CANCEL', 'REPLY', 'PUBLISH', 'ADD', 'REFRESH', 'COUNTER', 'DECLINECOUNTER'] as const;

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
function whenOf({ start, end }: Pick<CalendarEvent, 'start' | 'end'>, timeZone: string): string {
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

function shown({ name, address }: Address): string {
  return name === '' ? address : `${name} <${address}>`;
}

function eventText(event: CalendarEvent, timeZone: string): string {
  const { start, organizer, attendees } = event;
  const asSent = start === undefined || start.zone === '' ? '' : `${start.local} ${start.zone}`;
  const people = attendees.map((attendee) => {
    const facts = [attendee.status.toLowerCase().replaceAll('-', ' '), attendee.isOptional ? 'optional' : ''];
    const known = facts.filter((fact) => fact !== '');
    return `${shown(attendee)}${known.length === 0 ? '' : ` (${known.join(', ')})`}`;
  });
  const rows = [
    ['Event', event.summary],
    ['When', whenOf(event, timeZone)],
    ['As sent', asSent],
    ['Repeats', event.repetition],
    ['Where', event.location],
    ['Status', event.status.toLowerCase()],
    ['Organizer', organizer === undefined ? '' : shown(organizer)],
    ['Attendees', people.join(', ')],
  ] as const;
  const lines = rows.flatMap(([title, value]) => (value === '' ? [] : [`${title}: ${value}`]));
  return [...lines, ...(event.description.trim() === '' ? [] : ['', event.description.trim()])].join('\n');
}

/** The events of a calendar file as lines for a reader in `timeZone`. Throws as {@link readCalendar} does. */
export function calendarText(source: string, timeZone: string, notes: string[]): string {
  const { events, hasMore } = readCalendar(source);
  notes.push(`${events.length}${hasMore ? ' or more' : ''} ${events.length === 1 ? 'event' : 'events'}`);
  const method = methods.find((known) => events.some((event) => event.method === known));
  if (method !== undefined) notes.push(`method ${method}`);
  return events.map((event) => eventText(event, timeZone)).join('\n\n');
}
