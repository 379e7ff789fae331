import type { Address } from '../message.ts';

/** A time of an event as its sender wrote it. */
export interface CalendarTime {
  /** `2026-12-04 15:00`, or `2026-12-04` for a whole day. */
  readonly local: string;
  readonly isDay: boolean;
  /** Milliseconds since 1970; undefined for a whole day, and for a time that names no zone known here. */
  readonly instantMs: number | undefined;
  /** The zone as the sender named it; empty for UTC, for a whole day and for a time without a zone. */
  readonly zone: string;
}

/** Somebody who is asked to an event. */
export interface Attendee extends Address {
  /** `NEEDS-ACTION`, `ACCEPTED`, `DECLINED`, `TENTATIVE`, … (RFC 5545 section 3.2.12); empty where not said. */
  readonly status: string;
  readonly isOptional: boolean;
  /** Whether an answer is wanted that was not given. */
  readonly isAsked: boolean;
}

/** An event of a calendar file. Every text is a stranger's. */
export interface CalendarEvent {
  /** What the file wants: `REQUEST`, `CANCEL`, `REPLY`, … (RFC 5546); empty where it only describes. */
  readonly method: string;
  readonly uid: string;
  /** Grows with each change of the event. */
  readonly sequence: number;
  readonly status: string;
  readonly summary: string;
  readonly location: string;
  readonly description: string;
  readonly start: CalendarTime | undefined;
  /** The first moment that is not part of it; undefined where the file names none. */
  readonly end: CalendarTime | undefined;
  readonly organizer: Address | undefined;
  readonly attendees: readonly Attendee[];
  /** `every 2 weeks on MO, WE until 2027-03-01`; empty for an event that happens once. */
  readonly repetition: string;
  /** Whether it is one occurrence of a repeated event. */
  readonly isOccurrence: boolean;
}
