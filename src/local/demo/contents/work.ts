import type { DemoMessage } from '../demo-messages.ts';
import { answer, people } from './people.ts';

const { robin, maya, jonas, priya, sofia } = people;

const launch1 = `Hi both,

the new site for Lindgren Ceramics is nearly there. Three things are open:

1. The product photos for the autumn range (Jonas)
2. The English copy for the shipping page (Robin)
3. A date. The client would love the first Monday of next month.

Can we commit to that Monday?

Maya`;
const launch2 = answer(
  `Photos: I have 41 of 48. The last seven need daylight, so give me until Thursday.

From my side Monday is fine.

Jonas`,
  maya,
  launch1,
);
const launch3 = answer(
  `The shipping page is in the shared folder now, 380 words. Please check the part about customs: I wrote "duties are
paid by the recipient", which is what the client said on the phone, but I have no mail that confirms it.

Monday works for me too.

Robin`,
  jonas,
  launch2,
);
const launch4 = answer(
  `Customs is confirmed, I asked Ms Lindgren this morning. EU: included. Switzerland, Norway and UK: paid by the
recipient.

So Monday it is. Launch window 07:00-08:00, rollback until 09:00, Jonas has the keys to the DNS.

Maya`,
  robin,
  launch3,
);
const launch5 = answer(
  `One more: the old shop has 212 redirects. I moved them over and tested all of them, two were loops
(/sale and /sale-old). Both now go to /outlet.

Jonas`,
  maya,
  launch4,
);
const launch6 = answer(
  `Perfect. Budget note for the invoice: 34.5 hours of 40 used, so we can offer her the newsletter template within the
original quote of EUR 4,800.

Maya`,
  jonas,
  launch5,
);

/** A moment in iCalendar's form, `20261122T123456Z`. */
function stamp(ms: number): string {
  return new Date(ms).toISOString().replaceAll(/[-:]|\.\d+/g, '');
}

const offsiteInvitation = (startsMs: number): string => {
  return [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Studio Nine//Calendar//EN',
    'METHOD:REQUEST',
    'BEGIN:VEVENT',
    'UID:offsite-planning@studio-nine.example',
    `DTSTAMP:${stamp(startsMs - 8 * 24 * 3_600_000)}`,
    `DTSTART:${stamp(startsMs)}`,
    `DTEND:${stamp(startsMs + 3_600_000)}`,
    'SUMMARY:Offsite planning: Porto',
    'LOCATION:Studio Nine, small meeting room',
    'DESCRIPTION:Agree on dates\\, budget and who books what.',
    'ORGANIZER;CN=Priya Raman:mailto:priya.raman@studio-nine.example',
    'ATTENDEE;CN=Robin Meyer;RSVP=TRUE:mailto:demo@gmail-llm.example',
    'END:VEVENT',
    'END:VCALENDAR',
  ].join('\n');
};

const porto1 = `Hello Priya,

thank you for your request. For nine guests, four nights, I can offer the house in Rua das Flores: five bedrooms, a large
table to work at, fibre internet. EUR 1,640 in total, EUR 400 deposit, free cancellation until 30 days before.

I can hold it for you until the end of this week.

Best wishes from Porto
Sofia Marques`;

/** Threads with colleagues: a launch of six messages, a trip with an invitation, a review, a question left open. */
export function workMessages(anchorMs: number): readonly DemoMessage[] {
  return [
    {
      key: 'launch-1',
      hoursAgo: 127,
      from: maya,
      to: [robin, jonas],
      subject: 'Lindgren Ceramics: launch date',
      text: launch1,
      labels: ['INBOX', 'IMPORTANT', 'Clients/Lindgren'],
    },
    {
      key: 'launch-2',
      hoursAgo: 124,
      from: jonas,
      to: [maya],
      cc: [robin],
      subject: 'Re: Lindgren Ceramics: launch date',
      text: launch2,
      answers: 'launch-1',
      labels: ['INBOX', 'IMPORTANT', 'Clients/Lindgren'],
    },
    {
      key: 'launch-3',
      hoursAgo: 121,
      from: robin,
      to: [jonas],
      cc: [maya],
      subject: 'Re: Lindgren Ceramics: launch date',
      text: launch3,
      answers: 'launch-2',
      labels: ['SENT', 'Clients/Lindgren'],
    },
    {
      key: 'launch-4',
      hoursAgo: 100,
      from: maya,
      to: [robin],
      cc: [jonas],
      subject: 'Re: Lindgren Ceramics: launch date',
      text: launch4,
      answers: 'launch-3',
      labels: ['INBOX', 'IMPORTANT', 'STARRED', 'Clients/Lindgren'],
    },
    {
      key: 'launch-5',
      hoursAgo: 77,
      from: jonas,
      to: [maya],
      cc: [robin],
      subject: 'Re: Lindgren Ceramics: launch date',
      text: launch5,
      answers: 'launch-4',
      labels: ['INBOX', 'IMPORTANT', 'Clients/Lindgren'],
    },
    {
      key: 'launch-6',
      hoursAgo: 5,
      from: maya,
      to: [jonas],
      cc: [robin],
      subject: 'Re: Lindgren Ceramics: launch date',
      text: launch6,
      answers: 'launch-5',
      labels: ['INBOX', 'IMPORTANT', 'UNREAD', 'Clients/Lindgren'],
    },
    {
      key: 'porto-1',
      hoursAgo: 240,
      from: sofia,
      to: [priya],
      cc: [robin],
      subject: 'House in Porto for nine',
      text: porto1,
      labels: ['INBOX', 'Travel'],
    },
    {
      key: 'porto-2',
      hoursAgo: 236,
      from: priya,
      to: [sofia],
      cc: [robin],
      subject: 'Re: House in Porto for nine',
      text: answer(
        'Dear Sofia,\n\nthat sounds lovely. We decide on Friday and I will write to you the same day.\n\nPriya',
        sofia,
        porto1,
      ),
      answers: 'porto-1',
      labels: ['INBOX', 'Travel'],
    },
    {
      key: 'porto-3',
      hoursAgo: 30,
      from: priya,
      to: [robin, maya, jonas],
      subject: 'Invitation: Offsite planning: Porto',
      text: 'Please keep an hour free so that we can settle dates, budget (EUR 1,640 for the house) and who books the flights.',
      invitation: offsiteInvitation(anchorMs + 3 * 24 * 3_600_000),
      labels: ['INBOX', 'UNREAD', 'Travel'],
    },
    {
      key: 'review-1',
      hoursAgo: 50,
      from: priya,
      to: [robin],
      subject: 'Your draft for the accessibility guide',
      html: '<p>Hi Robin,</p><p>I read the draft on the train. <b>Strong points:</b> the examples, the checklist at the end.</p><ul><li>Section 2 repeats section 1. Cut it by half.</li><li>The contrast table needs the ratio <i>and</i> the colour names.</li><li>Please say who the reader is in the first paragraph.</li></ul><p>Deadline is still the 20th.<br>Priya</p>',
      labels: ['INBOX'],
    },
    {
      key: 'question-1',
      hoursAgo: 20,
      from: 'Ingrid Lindgren <ingrid@lindgren-ceramics.example>',
      to: [robin],
      cc: [maya],
      subject: 'Can customers choose a delivery day?',
      text: 'Dear Robin,\n\nseveral customers asked whether they can choose the day on which a parcel arrives. Is that possible with the new shop, and what would it cost? Please answer before Friday, the catalogue goes to print then.\n\nKind regards\nIngrid Lindgren',
      labels: ['INBOX', 'UNREAD', 'IMPORTANT', 'Clients/Lindgren'],
    },
    {
      key: 'draft-1',
      hoursAgo: 2,
      from: robin,
      to: ['Ingrid Lindgren <ingrid@lindgren-ceramics.example>'],
      subject: 'Re: Can customers choose a delivery day?',
      text: 'Dear Ms Lindgren,\n\nyes, that is possible. The carrier charges EUR 0.90 per parcel for it, and setting it up takes us about',
      answers: 'question-1',
      labels: ['DRAFT'],
    },
  ];
}
