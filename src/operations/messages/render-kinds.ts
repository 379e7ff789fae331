import { isKnownZone } from '../../core/zoned-time.ts';
import type { Attendee } from '../../mail/calendar/calendar-event.ts';
import { whenOf } from '../../mail/calendar/calendar-when.ts';
import { formatMinute, oneLine } from '../kernel/render-text.ts';
import type { MessageKindView } from './kind-schemas.ts';

/** More people than this are counted, not listed. */
const listedPeople = 10;

type Invitation = Extract<MessageKindView, { readonly kind: 'invitation' }>;
type Report = Extract<MessageKindView, { readonly kind: 'bounce' | 'receipt' }>;

/** What is told of a message's kind. */
export interface KindLines {
  /** Words of ours, numbers, dates and ids. */
  readonly facts: readonly string[];
  /** Words of the sender. */
  readonly words: readonly string[];
}

const invitationVerbs: Readonly<Record<Invitation['method'], string>> = {
  request: 'Invitation',
  cancel: 'Cancelled event',
  reply: 'Answer to an invitation',
  counter: 'Another time proposed for an event',
  publish: 'Event',
};

/** The time as the sender wrote it, where it reads otherwise than here. */
function asSent({ start }: Invitation, timeZone: string): readonly string[] {
  if (start?.instantMs === undefined || start.zone === '' || start.zone === timeZone) return [];
  if (start.local === formatMinute(start.instantMs, timeZone)) return [];
  return [`as sent ${start.local}${isKnownZone(start.zone) ? ` ${start.zone}` : ''}`];
}

/** What the calendar library leaves undefined, the view leaves out. */
function when({ start, end }: Invitation, timeZone: string): readonly string[] {
  const timed = (time: Invitation['start']) =>
    time === undefined ? undefined : { ...time, instantMs: time.instantMs };
  const text = whenOf({ start: timed(start), end: timed(end) }, timeZone);
  return text === '' ? [] : [text];
}

function invitationLines(event: Invitation, timeZone: string): KindLines {
  const { method, sequence, isCancelled, repetition, attendees, organizer, otherEvents } = event;
  const isOff = method === 'cancel' || isCancelled;
  const facts = [
    isOff ? invitationVerbs.cancel : invitationVerbs[method],
    ...(sequence > 0 && !isOff && method === 'request' ? [`update ${sequence}`] : []),
    ...(method === 'request' && !isOff && attendees.some(({ isAsked }) => isAsked) ? ['an answer is wanted'] : []),
    ...when(event, timeZone),
    ...asSent(event, timeZone),
    ...(repetition === '' ? [] : [repetition]),
    ...(otherEvents === 0 ? [] : [`${otherEvents} more in the same file`]),
  ].join(', ');
  return {
    facts: [`${facts}.`],
    words: [
      `Event: ${oneLine(event.summary) || '(no name)'}`,
      ...(event.location === '' ? [] : [`Where: ${oneLine(event.location)}`]),
      ...(organizer === undefined ? [] : [`Organizer: ${nameOf(organizer)}`]),
      ...(attendees.length === 0 ? [] : [`Attendees: ${listed(attendees)}`]),
    ],
  };
}

function nameOf({ name, address }: { readonly name: string; readonly address: string }): string {
  const shown = oneLine(name, 80);
  if (shown === '' || shown === address) return oneLine(address, 100);
  return address === '' ? shown : `${shown} <${oneLine(address, 100)}>`;
}

function hasAnswered({ status }: Attendee): boolean {
  return status !== '' && status !== 'NEEDS-ACTION';
}

function listed(attendees: readonly Attendee[]): string {
  const shown = attendees
    .slice(0, listedPeople)
    .map((one) => `${nameOf(one)}${hasAnswered(one) ? ` (${oneLine(one.status, 30).toLowerCase()})` : ''}`);
  const more = attendees.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function originalFacts({ originalId }: Report): string {
  return originalId === undefined ? '' : ` About message ${originalId}.`;
}

function originalWords({ originalMessageId, originalSubject }: Report): readonly string[] {
  return [
    ...(originalSubject === undefined ? [] : [`Original subject: ${oneLine(originalSubject)}`]),
    ...(originalMessageId === '' ? [] : [`Original message: <${oneLine(originalMessageId)}>`]),
  ];
}

const outcomes = {
  failed: 'Not delivered',
  delayed: 'Delivery delayed',
  delivered: 'Delivered',
  relayed: 'Passed on',
  expanded: 'Passed on',
  unknown: 'Delivery report',
} as const;

function bounceLines(report: Extract<MessageKindView, { readonly kind: 'bounce' }>): KindLines {
  const { recipients } = report;
  const shown = recipients.slice(0, listedPeople);
  const counts = new Map<string, number>();
  for (const { action, status } of recipients) {
    const outcome = `${outcomes[action]}${status === '' ? '' : `, status ${status}`}`;
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  const facts = Array.from(counts, ([outcome, count]) => (count === 1 ? outcome : `${outcome} (${count} recipients)`));
  return {
    facts: [`${facts.join('; ') || outcomes.unknown}.${originalFacts(report)}`],
    words: [
      ...shown.map(
        ({ address, reason }) =>
          `Recipient: ${oneLine(address, 120)}${reason === '' ? '' : `: ${oneLine(reason, 300)}`}`,
      ),
      ...originalWords(report),
    ],
  };
}

const dispositions = {
  displayed: 'Read receipt: the message was shown',
  deleted: 'Receipt: the message was deleted',
  dispatched: 'Receipt: the message was passed on',
  processed: 'Receipt: the message was processed by a program',
  denied: 'Receipt: refused',
  failed: 'Receipt: failed',
  unknown: 'Receipt',
} as const;

/** What is told of one kind of message. */
export function kindLines(kind: MessageKindView, timeZone: string): KindLines {
  switch (kind.kind) {
    case 'invitation':
      return invitationLines(kind, timeZone);
    case 'bounce':
      return bounceLines(kind);
    case 'receipt':
      return {
        facts: [`${dispositions[kind.disposition]}.${originalFacts(kind)}`],
        words: [`Receipt of: ${oneLine(kind.recipient, 120)}`, ...originalWords(kind)],
      };
    case 'encrypted':
      return { facts: [`Encrypted (${kind.method}): its text cannot be read here.`], words: [] };
    case 'signed':
      return { facts: [`Signed (${kind.method}); the signature was not checked.`], words: [] };
    case 'part':
      return {
        facts: [
          `Part ${kind.number}${kind.total === undefined ? '' : ` of ${kind.total}`} of a message sent in parts.`,
        ],
        words: [],
      };
    case 'empty':
      return { facts: [emptyWith(kind)], words: [] };
  }
}

function emptyWith({ pictures, files }: Extract<MessageKindView, { readonly kind: 'empty' }>): string {
  const parts = [...counted(pictures, 'picture'), ...counted(files, 'attached file')];
  return parts.length === 0 ? 'No text: the message is empty.' : `No text: nothing but ${parts.join(' and ')}.`;
}

function counted(count: number, noun: string): readonly string[] {
  if (count === 0) return [];
  return [count === 1 ? `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}` : `${count} ${noun}s`];
}
