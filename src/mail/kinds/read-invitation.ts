import type ICAL from 'ical.js';
import { instantOf } from '../../core/zoned-time.ts';
import type { Address } from '../message.ts';

/** A point of time of an event. */
export interface EventTime {
  /** Milliseconds since 1970; for a whole day its beginning in `zone`. */
  readonly ms: number;
  readonly isWholeDay: boolean;
  /** As the sender wrote it: `2026-12-04 15:00`, or the day alone. */
  readonly wall: string;
  /** An IANA name; empty for a time zone that has none, and for times without one, which are told in the reader's. */
  readonly zone: string;
}

/** What somebody invited answered, or is asked. */
type Answer = 'accepted' | 'declined' | 'tentative' | 'delegated' | 'none';

/** Somebody invited. */
export interface Attendee extends Address {
  readonly answer: Answer;
  readonly isAsked: boolean;
}

/** An event that a message is about (RFC 5545, RFC 5546). Every text is the sender's. */
export interface Invitation {
  readonly method: 'request' | 'cancel' | 'reply' | 'counter' | 'publish';
  /** How often it was changed since it was first sent. */
  readonly sequence: number;
  readonly isCancelled: boolean;
  readonly summary: string;
  readonly location: string;
  readonly description: string;
  readonly organizer?: Address;
  readonly attendees: readonly Attendee[];
  readonly start?: EventTime;
  readonly end?: EventTime;
  /** `weekly`, `every 2 months`, with `, 4 times` or `, until 2026-12-31`; empty for once. Words of ours. */
  readonly repetition: string;
  /** More events in the same file. */
  readonly otherEvents: number;
}

/** More than that of a calendar file is not read: an invitation has a few kilobytes. */
const maxCharacters = 200_000;
const maxAttendees = 500;
const maxTextCharacters = 5000;

const methods = ['request', 'cancel', 'reply', 'counter', 'publish'] as const;
const answers: Readonly<Record<string, Answer>> = {
  ACCEPTED: 'accepted',
  DECLINED: 'declined',
  TENTATIVE: 'tentative',
  DELEGATED: 'delegated',
};

/** The library's names that are used here. */
type Library = typeof ICAL;
type Component = InstanceType<Library['Component']>;
type Property = InstanceType<Library['Property']>;
type Time = InstanceType<Library['Time']>;

/** The first event of a calendar file; undefined where there is none, or the file is no calendar. */
export async function readInvitation(text: string, timeZone: string): Promise<Invitation | undefined> {
  const { default: library } = await import('ical.js');
  const calendar = parse(library, text.slice(0, maxCharacters));
  const events = calendar?.getAllSubcomponents('vevent') ?? [];
  const [event] = events;
  if (calendar === undefined || event === undefined) return undefined;
  const organizer = event.getFirstProperty('organizer');
  const start = timeOf(library, event, 'dtstart', calendar, timeZone);
  const end = timeOf(library, event, 'dtend', calendar, timeZone);
  return {
    method: methods.find((one) => one === textOf(calendar, 'method').toLowerCase()) ?? 'publish',
    sequence: Math.max(0, Math.floor(Number(textOf(event, 'sequence')) || 0)),
    isCancelled: textOf(event, 'status').toUpperCase() === 'CANCELLED',
    summary: textOf(event, 'summary'),
    location: textOf(event, 'location'),
    description: textOf(event, 'description'),
    ...(organizer === null ? {} : { organizer: addressOf(organizer) }),
    attendees: event.getAllProperties('attendee').slice(0, maxAttendees).map(attendeeOf),
    ...(start === undefined ? {} : { start }),
    ...(end === undefined ? {} : { end }),
    repetition: repetitionOf(event),
    otherEvents: events.length - 1,
  };
}

function parse(library: Library, text: string): Component | undefined {
  try {
    const calendar = new library.Component(library.parse(text));
    return calendar.name === 'vcalendar' ? calendar : undefined;
  } catch {
    // No calendar: the library says so in many ways.
    return undefined;
  }
}

function textOf(component: Component, name: string): string {
  const value: unknown = component.getFirstPropertyValue(name);
  return typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, maxTextCharacters).trim() : '';
}

function parameterOf(property: Property, name: string): string {
  const value: unknown = property.getParameter(name);
  return typeof value === 'string' ? value.slice(0, 200) : '';
}

function addressOf(property: Property): Address {
  const value: unknown = property.getFirstValue();
  const address = typeof value === 'string' ? value.replace(/^mailto:/i, '').slice(0, 320) : '';
  return { name: parameterOf(property, 'cn'), address };
}

function attendeeOf(property: Property): Attendee {
  const answer = answers[parameterOf(property, 'partstat').toUpperCase()] ?? 'none';
  const isAsked = parameterOf(property, 'rsvp').toUpperCase() === 'TRUE' && answer === 'none';
  return { ...addressOf(property), answer, isAsked };
}

function timeOf(
  library: Library,
  event: Component,
  name: string,
  calendar: Component,
  timeZone: string,
): EventTime | undefined {
  const property = event.getFirstProperty(name);
  const value: unknown = property?.getFirstValue();
  if (property === null || !isTime(value)) return undefined;
  const tzid = parameterOf(property, 'tzid');
  const zone = tzid === '' && value.zone.tzid === 'UTC' ? 'UTC' : (knownZone(tzid) ?? '');
  const { year, month, day, hour, minute, second, isDate } = value;
  const byRules = tzid !== '' && zone === '' ? fromRules(library, value, tzid, calendar) : undefined;
  const ms = byRules ?? instantOf({ year, month, day, hour, minute, second }, zone === '' ? timeZone : zone);
  if (!Number.isFinite(ms)) return undefined;
  return { ms, isWholeDay: isDate, wall: isDate ? dayOf(value) : `${dayOf(value)} ${two(hour)}:${two(minute)}`, zone };
}

function isTime(value: unknown): value is Time {
  return typeof value === 'object' && value !== null && 'hour' in value && 'isDate' in value;
}

/** By the rules that the file itself has for a time zone with a name of its own. */
function fromRules(library: Library, value: Time, tzid: string, calendar: Component): number | undefined {
  const rules = calendar
    .getAllSubcomponents('vtimezone')
    .find((zone) => textOf(zone, 'tzid') === tzid && zone.getAllSubcomponents().length > 0);
  if (rules === undefined) return undefined;
  const time = value.clone();
  time.zone = new library.Timezone(rules);
  return time.toUnixTime() * 1000;
}

/** The IANA name of a time zone that the runtime knows, in its own spelling. */
function knownZone(tzid: string): string | undefined {
  if (!/^[A-Za-z][\w+/-]{1,60}$/.test(tzid)) return undefined;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: tzid }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

const frequencies: Readonly<Record<string, readonly [every: string, unit: string]>> = {
  DAILY: ['daily', 'days'],
  WEEKLY: ['weekly', 'weeks'],
  MONTHLY: ['monthly', 'months'],
  YEARLY: ['yearly', 'years'],
};

function repetitionOf(event: Component): string {
  const rule: unknown = event.getFirstPropertyValue('rrule');
  if (typeof rule !== 'object' || rule === null || !('freq' in rule)) return '';
  const { freq, interval, count, until } = rule as {
    freq: unknown;
    interval?: unknown;
    count?: unknown;
    until?: unknown;
  };
  const [every, unit] = frequencies[String(freq)] ?? ['repeated', 'times'];
  const step = Math.floor(Number(interval));
  const last = isTime(until) ? `, until ${dayOf(until)}` : '';
  const times = Number.isSafeInteger(Number(count)) && Number(count) > 0 ? `, ${Number(count)} times` : '';
  return `${step > 1 ? `every ${step} ${unit}` : every}${times}${last}`;
}

function dayOf({ year, month, day }: Time): string {
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
