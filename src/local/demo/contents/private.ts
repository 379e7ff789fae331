import { writePng } from '../demo-files.ts';
import type { DemoMessage } from '../demo-messages.ts';
import { answer, people } from './people.ts';

const { robin, tomas, ada, mum } = people;
const hikers = 'Sunday Hikers <hikers@trail-friends.example>';
const hikersList = [
  ['List-Id', 'Sunday Hikers <hikers.trail-friends.example>'],
  ['List-Unsubscribe', '<mailto:hikers-leave@trail-friends.example>'],
] as const;

const route1 = `Hello all,

for Sunday I suggest the ridge path: 17 km, 640 m up, train at 08:12 from platform 4, back by 18:30.
The hut at the top is closed this month, so bring lunch.

Tomás`;
const route2 = answer('I am in. Can someone lend me poles?\n\nAda', tomas, route1);
const route3 = answer('You can have mine, Ada, I will bring them to the train.\n\nRobin', ada, route2);
const route4 = answer(
  'Forecast says rain from 15:00, so let us take the earlier train, 07:12. Same platform.\n\nTomás',
  robin,
  route3,
);

/** Friends and family: a mailing list thread, photos, plans, and what was sent or thrown away. */
export const privateMessages: readonly DemoMessage[] = [
  {
    key: 'hike-1',
    hoursAgo: 92,
    from: tomas,
    to: [hikers],
    subject: '[hikers] Sunday: the ridge path?',
    text: route1,
    headers: hikersList,
    labels: ['INBOX', 'CATEGORY_FORUMS', 'Hiking'],
  },
  {
    key: 'hike-2',
    hoursAgo: 90,
    from: ada,
    to: [hikers],
    subject: 'Re: [hikers] Sunday: the ridge path?',
    text: route2,
    answers: 'hike-1',
    headers: hikersList,
    labels: ['INBOX', 'CATEGORY_FORUMS', 'Hiking'],
  },
  {
    key: 'hike-3',
    hoursAgo: 88,
    from: robin,
    to: [hikers],
    subject: 'Re: [hikers] Sunday: the ridge path?',
    text: route3,
    answers: 'hike-2',
    headers: hikersList,
    labels: ['SENT', 'Hiking'],
  },
  {
    key: 'hike-4',
    hoursAgo: 26,
    from: tomas,
    to: [hikers],
    subject: 'Re: [hikers] Sunday: the ridge path?',
    text: route4,
    answers: 'hike-3',
    headers: hikersList,
    labels: ['INBOX', 'UNREAD', 'CATEGORY_FORUMS', 'Hiking'],
  },
  {
    key: 'garden',
    hoursAgo: 300,
    from: mum,
    to: [robin],
    subject: 'From the garden 🍂',
    text: 'Dear Robin,\n\nthe quinces are in, eleven kilos! A photo is below. Come for the weekend and take some jelly along.\n\nMum',
    html: '<p>Dear Robin,</p><p>the quinces are in, eleven kilos! Come for the weekend and take some jelly along.</p><p><img src="cid:quinces@family-post.example" alt="A bowl of quinces" width="48" height="32"></p><p>Mum</p>',
    files: [
      {
        filename: 'quinces.png',
        mimeType: 'image/png',
        content: writePng(48, 32, [222, 184, 40]),
        contentId: 'quinces@family-post.example',
      },
    ],
    labels: ['INBOX', 'STARRED', 'Family'],
  },
  {
    key: 'birthday',
    hoursAgo: 34,
    from: mum,
    to: [robin],
    subject: "Dad's 70th: who brings what",
    text: 'Robin, please bring the long table and the two benches. Aunt Inge makes three cakes. We begin at 15:00 on the 14th, 26 people.\n\nMum',
    labels: ['INBOX', 'UNREAD', 'Family'],
  },
  {
    key: 'birthday-2',
    hoursAgo: 33,
    from: robin,
    to: [mum],
    subject: "Re: Dad's 70th: who brings what",
    text: 'Table and benches: yes. I will come on the 13th in the evening and help to set up.\n\nRobin',
    answers: 'birthday',
    labels: ['SENT', 'Family'],
  },
  {
    key: 'landlord',
    hoursAgo: 500,
    from: robin,
    to: [people.brandt],
    subject: 'Kellerschlüssel',
    text: 'Guten Tag,\n\nbitte senden Sie mir einen zweiten Schlüssel für den Keller, Wohnung 12. Der alte passt seit dem Tausch des Zylinders nicht mehr.\n\nMit freundlichen Grüßen\nRobin Meyer',
    labels: ['SENT'],
  },
  {
    key: 'no-subject',
    hoursAgo: 410,
    from: ada,
    to: [robin],
    subject: '',
    text: 'Forgot my scarf at your place. Grey, wool. No hurry!',
    labels: ['INBOX'],
  },
  {
    key: 'only-a-file',
    hoursAgo: 610,
    from: tomas,
    to: [robin],
    subject: 'Route as GPX',
    files: [
      {
        filename: 'ridge-path.gpx',
        mimeType: 'application/gpx+xml',
        content: Buffer.from(
          '<?xml version="1.0"?><gpx version="1.1" creator="demo"><wpt lat="47.55" lon="12.93"><name>Hut</name></wpt></gpx>',
        ),
      },
    ],
    labels: ['INBOX', 'Hiking'],
  },
  {
    key: 'draft-2',
    hoursAgo: 700,
    from: robin,
    to: [tomas],
    subject: 'Winter plan',
    text: 'Tomás, what about snowshoes in January? Ideas:\n\n- the lake loop\n- ',
    labels: ['DRAFT'],
  },
  {
    key: 'trash-1',
    hoursAgo: 220,
    from: 'Ticket Swap <noreply@ticket-swap.example>',
    to: [robin],
    subject: 'Your search "string quartet" has 3 new results',
    text: 'Three new tickets match your saved search. Prices start at EUR 28.',
    labels: ['TRASH'],
  },
  {
    key: 'trash-2',
    hoursAgo: 310,
    from: ada,
    to: [robin],
    subject: 'Wrong attachment, ignore',
    text: 'Sorry, the last mail was meant for my sister.',
    labels: ['TRASH'],
  },
];
