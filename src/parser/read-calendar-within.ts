import * as z from 'zod';
import { parserProcess, type TaskLimits } from './parser-process.ts';
import { textOfBlob, type Frame } from './frames.ts';

/** Longer texts of an event are cut, and more people left out: the file itself has them whole. */
const maxTextCharacters = 5000;
const maxAttendees = 500;

const person = z.object({ name: z.string(), address: z.string() });
const time = z.object({
  local: z.string(),
  isDay: z.boolean(),
  instantMs: z.number().exactOptional(),
  zone: z.string(),
});
const invitation = z.object({
  method: z.string(),
  sequence: z.number(),
  status: z.string(),
  summary: z.string(),
  location: z.string(),
  description: z.string(),
  organizer: person.exactOptional(),
  attendees: z.array(person.extend({ status: z.string(), isOptional: z.boolean(), isAsked: z.boolean() })),
  start: time.exactOptional(),
  end: time.exactOptional(),
  repetition: z.string(),
  otherEvents: z.number(),
});
const answer = z.object({ invitation: invitation.exactOptional() });

/** The first event of a calendar file, and how many others there are. Every text is a stranger's. */
export type Invitation = z.output<typeof invitation>;

/** Does the task of {@link readInvitation}, in the parser process. */
export async function calendarTask({ blobs: [source] }: Frame): Promise<Frame> {
  // Its library is read in that process alone, when a message has a calendar.
  const { readCalendar } = await import('../mail/calendar/read-calendar.ts');
  const { events } = readCalendar(textOfBlob(source));
  const [event] = events;
  if (event === undefined) return { header: {}, blobs: [] };
  const short = {
    ...event,
    summary: event.summary.slice(0, maxTextCharacters),
    location: event.location.slice(0, maxTextCharacters),
    description: event.description.slice(0, maxTextCharacters),
    attendees: event.attendees.slice(0, maxAttendees),
    otherEvents: events.length - 1,
  };
  return { header: { invitation: short }, blobs: [] };
}

/**
 * The first event of a calendar file; undefined where it has none. It is read in the parser process whatever its size:
 * a rule of a line can repeat every second for centuries. Throws as `readCalendar` does, and `TOO_LARGE` when its time is
 * not enough.
 */
export async function readInvitation(source: string, limits: TaskLimits): Promise<Invitation | undefined> {
  const { header } = await parserProcess.run({ header: { kind: 'calendar' }, blobs: [Buffer.from(source)] }, limits);
  return answer.parse(header).invitation;
}
