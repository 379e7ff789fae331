import ICAL from 'ical.js';
import { AppError, messageOf } from '../../core/errors.ts';
import { instantOf, isKnownZone } from '../../core/zoned-time.ts';
import type { Address } from '../message.ts';
import type { Attendee, CalendarEvent, CalendarTime } from './calendar-event.ts';

/** Events of one file that are read, and people of one event. */
const maxEvents = 500;
const maxAttendees = 1000;

/** Ten years: a longer end is not worked out. */
const maxDurationSeconds = 10 * 366 * 86_400;

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

/** The instant of a time: by the name of its zone where that is known, by the rules that the file has for it, or not at all. */
function instantMsOf(time: ICAL.Time, zone: string): number | undefined {
  if (time.isDate) return undefined;
  if (time.zone === ICAL.Timezone.utcTimezone) return time.toUnixTime() * 1000;
  if (!isKnownZone(zone)) return byRulesOf(time);
  const { year, month, day, hour, minute, second } = time;
  return instantOf({ year, month, day, hour, minute, second }, zone);
}

/** By the rules that the file itself has for a zone with a name of its own. */
function byRulesOf(time: ICAL.Time): number | undefined {
  const { zone } = time;
  const isDescribed =
    zone !== null && zone !== ICAL.Timezone.localTimezone && (zone.component?.getAllSubcomponents().length ?? 0) > 0;
  return isDescribed ? time.toUnixTime() * 1000 : undefined;
}

function timeOf(property: ICAL.Property | null): CalendarTime | undefined {
  const value: unknown = property?.getFirstValue();
  if (property === null || !(value instanceof ICAL.Time)) return undefined;
  const tzid: unknown = property.getParameter('tzid');
  const zone = typeof tzid === 'string' ? tzid : '';
  const date = `${String(value.year).padStart(4, '0')}-${twoDigits(value.month)}-${twoDigits(value.day)}`;
  const local = value.isDate ? date : `${date} ${twoDigits(value.hour)}:${twoDigits(value.minute)}`;
  return { local, isDay: value.isDate, instantMs: instantMsOf(value, zone), zone: value.isDate ? '' : zone };
}

/** The end that a duration stands for (RFC 5545 section 3.6.1). */
function endAfter(start: ICAL.Property | null, duration: unknown): CalendarTime | undefined {
  const from: unknown = start?.getFirstValue();
  if (start === null || !(from instanceof ICAL.Time) || !(duration instanceof ICAL.Duration)) return undefined;
  // The library counts the days of each month in between.
  if (Math.abs(duration.toSeconds()) > maxDurationSeconds) return undefined;
  const end = from.clone();
  end.addDuration(duration);
  const property = new ICAL.Property('dtend');
  const tzid: unknown = start.getParameter('tzid');
  if (typeof tzid === 'string') property.setParameter('tzid', tzid);
  property.setValue(end);
  return timeOf(property);
}

function personOf(property: ICAL.Property): Address {
  const value: unknown = property.getFirstValue();
  const name: unknown = property.getParameter('cn');
  const address = typeof value === 'string' ? value.replace(/^mailto:/i, '') : '';
  return { name: typeof name === 'string' ? name : '', address };
}

function attendeeOf(property: ICAL.Property): Attendee {
  const parameter = (name: string): string => {
    const value: unknown = property.getParameter(name);
    return typeof value === 'string' ? value.toUpperCase() : '';
  };
  const status = parameter('partstat');
  return {
    ...personOf(property),
    status,
    isAsked: parameter('rsvp') === 'TRUE' && (status === '' || status === 'NEEDS-ACTION'),
    isOptional: parameter('role') === 'OPT-PARTICIPANT',
  };
}

const units: Readonly<Record<string, readonly [each: string, many: string]>> = {
  SECONDLY: ['every second', 'seconds'],
  MINUTELY: ['every minute', 'minutes'],
  HOURLY: ['hourly', 'hours'],
  DAILY: ['daily', 'days'],
  WEEKLY: ['weekly', 'weeks'],
  MONTHLY: ['monthly', 'months'],
  YEARLY: ['yearly', 'years'],
};

/** A rule in words; the sender's own text stands in none of them. */
function repetitionOf(rule: unknown): string {
  if (!(rule instanceof ICAL.Recur)) return '';
  const [each, many] = units[rule.freq] ?? ['repeatedly', 'times'];
  const days = (rule.parts.BYDAY ?? []).map(String).filter((day) => /^[+-]?\d{0,2}(?:MO|TU|WE|TH|FR|SA|SU)$/.test(day));
  return [
    rule.interval > 1 ? `every ${rule.interval} ${many}` : each,
    days.length === 0 ? '' : `on ${days.slice(0, 7).join(', ')}`,
    rule.count === null ? '' : `${rule.count} times`,
    rule.until === null ? '' : `until ${rule.until.toString().slice(0, 10)}`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function textOf(component: ICAL.Component, name: string): string {
  const value: unknown = component.getFirstPropertyValue(name);
  return typeof value === 'string' ? value : '';
}

function eventOf(component: ICAL.Component, method: string): CalendarEvent {
  const start = component.getFirstProperty('dtstart');
  const organizer = component.getFirstProperty('organizer');
  const sequence = Number(component.getFirstPropertyValue('sequence') ?? 0);
  return {
    method,
    uid: textOf(component, 'uid'),
    sequence: Number.isSafeInteger(sequence) ? sequence : 0,
    status: textOf(component, 'status').toUpperCase(),
    summary: textOf(component, 'summary'),
    location: textOf(component, 'location'),
    description: textOf(component, 'description'),
    start: timeOf(start),
    end: timeOf(component.getFirstProperty('dtend')) ?? endAfter(start, component.getFirstPropertyValue('duration')),
    organizer: organizer === null ? undefined : personOf(organizer),
    attendees: component.getAllProperties('attendee').slice(0, maxAttendees).map(attendeeOf),
    repetition: repetitionOf(component.getFirstPropertyValue('rrule')),
    isOccurrence: component.getFirstProperty('recurrence-id') !== null,
  };
}

/** Changes of a zone between winter and summer time, with how often they were changed; a zone that has more is passed over. */
const maxZoneChanges = 20;

/** What a yearly change is named by (RFC 5545 section 3.6.5), one value each: more would be thousands of days. */
const zoneRuleParts = new Set(['BYMONTH', 'BYDAY', 'BYMONTHDAY']);

/** Whether a rule names one day of a year: the library works out each of its days since 1601. */
function isYearly(rule: unknown): boolean {
  return (
    rule instanceof ICAL.Recur &&
    rule.freq === 'YEARLY' &&
    Object.entries(rule.parts).every(([part, values]) => zoneRuleParts.has(part) && (values?.length ?? 0) <= 1)
  );
}

/** Takes out of a calendar the rules of zones that could name each second for centuries. */
function simplifyZones(calendar: ICAL.Component): void {
  for (const zone of calendar.getAllSubcomponents('vtimezone')) {
    const changes = zone.getAllSubcomponents();
    if (changes.length > maxZoneChanges) calendar.removeSubcomponent(zone);
    else {
      for (const change of changes) {
        for (const rule of change.getAllProperties('rrule'))
          if (!isYearly(rule.getFirstValue())) change.removeProperty(rule);
      }
    }
  }
}

/**
 * The events of a calendar file (RFC 5545), in its order, at most 500; `hasMore` says that there are others. Throws
 * `INVALID_INPUT` for text that is no calendar.
 */
export function readCalendar(source: string): { readonly events: readonly CalendarEvent[]; readonly hasMore: boolean } {
  try {
    const parsed: unknown = ICAL.parse(source);
    // A file may hold several calendars, one behind the other.
    const isSeveral = Array.isArray(parsed) && Array.isArray(parsed[0]);
    const roots: readonly unknown[] = isSeveral ? parsed : [parsed];
    const found = roots.flatMap((root) => {
      if (!Array.isArray(root)) return [];
      const calendar = new ICAL.Component(root);
      simplifyZones(calendar);
      const method = textOf(calendar, 'method').toUpperCase();
      return calendar.getAllSubcomponents('vevent').map((component) => ({ component, method }));
    });
    const events = found.slice(0, maxEvents).map(({ component, method }) => eventOf(component, method));
    return { events, hasMore: found.length > maxEvents };
  } catch (error) {
    throw new AppError('INVALID_INPUT', `This is no calendar that can be read: ${messageOf(error)}.`, {}, error);
  }
}
