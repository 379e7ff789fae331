import type { Address } from '../message.ts';
import type { CalendarEvent } from './calendar-event.ts';
import { whenOf } from './calendar-when.ts';
import { readCalendar } from './read-calendar.ts';

/** What a calendar can want (RFC 5546 section 1.4); another word is a sender's and told nowhere. */
const methods = ['REQUEST', 'CANCEL', 'REPLY', 'PUBLISH', 'ADD', 'REFRESH', 'COUNTER', 'DECLINECOUNTER'] as const;

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

/** The events of a calendar file as lines for a reader in `timeZone`; one of tasks or busy times alone as it is. Throws as {@link readCalendar} does. */
export function calendarText(source: string, timeZone: string, notes: string[]): string {
  const { events, hasMore } = readCalendar(source);
  notes.push(`${events.length}${hasMore ? ' or more' : ''} ${events.length === 1 ? 'event' : 'events'}`);
  const method = methods.find((known) => events.some((event) => event.method === known));
  if (method !== undefined) notes.push(`method ${method}`);
  if (events.length === 0) return source;
  return events.map((event) => eventText(event, timeZone)).join('\n\n');
}
