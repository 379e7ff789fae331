import type { Attendee, EventTime } from '../../mail/kinds/read-invitation.ts';
import { formatDay, formatMinute, formatOffset, formatTime, oneLine } from '../kernel/render-text.ts';
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

/** When an event is, in the reader's time zone; for a whole day without a time. */
function whenHere(start: EventTime, end: EventTime | undefined, timeZone: string): string {
  if (start.isWholeDay) {
    // The day behind the last one ends an event of whole days (RFC 5545 section 3.6.1).
    const last = end === undefined ? undefined : lastDay(end);
    return last === undefined || last === start.wall
      ? `${start.wall}, whole day`
      : `${start.wall} to ${last}, whole days`;
  }
  const zone = `${formatOffset(start.ms, timeZone)} (${timeZone})`;
  if (end === undefined) return `${formatMinute(start.ms, timeZone)} ${zone}`;
  const isSameDay = formatDay(start.ms, timeZone) === formatDay(end.ms, timeZone);
  const until = isSameDay ? formatTime(end.ms, timeZone) : ` ${formatMinute(end.ms, timeZone)}`;
  return `${formatMinute(start.ms, timeZone)}-${until} ${zone}`;
}

function lastDay({ wall }: EventTime): string {
  return new Date(Date.parse(`${wall.slice(0, 10)}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}

/** The time as the sender wrote it, where it reads otherwise than here. */
function asSent(start: EventTime, timeZone: string): string {
  if (start.isWholeDay || start.zone === timeZone) return '';
  if (start.wall === formatMinute(start.ms, timeZone)) return '';
  return `; as sent: ${start.wall}${start.zone === '' ? '' : ` ${start.zone}`}`;
}

function invitationLines(event: Invitation, timeZone: string): KindLines {
  const { method, sequence, isCancelled, start, end, repetition, attendees, organizer, otherEvents } = event;
  const isOff = method === 'cancel' || isCancelled;
  const facts = [
    isOff ? invitationVerbs.cancel : invitationVerbs[method],
    ...(sequence > 0 && !isOff && method === 'request' ? [`update ${sequence}`] : []),
    ...(method === 'request' && !isOff && attendees.some(({ isAsked }) => isAsked) ? ['an answer is wanted'] : []),
    ...(start === undefined ? [] : [whenHere(start, end, timeZone) + asSent(start, timeZone)]),
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

function listed(attendees: readonly Attendee[]): string {
  const shown = attendees
    .slice(0, listedPeople)
    .map((one) => `${nameOf(one)}${one.answer === 'none' ? '' : ` (${one.answer})`}`);
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
      return { facts: [kind.pictures === 0 ? 'No text: the message is empty.' : emptyWith(kind.pictures)], words: [] };
  }
}

function emptyWith(pictures: number): string {
  return `No text: nothing but ${pictures === 1 ? 'a picture' : `${pictures} pictures`}.`;
}
