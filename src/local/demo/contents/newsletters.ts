import type { DemoMessage } from '../demo-messages.ts';
import { people } from './people.ts';

const { robin } = people;

interface Issue {
  readonly key: string;
  readonly hoursAgo: number;
  readonly subject: string;
  readonly stories: readonly (readonly [headline: string, text: string])[];
  readonly labels: readonly string[];
}

interface Newsletter {
  readonly name: string;
  readonly address: string;
  readonly colour: string;
  /** What the text part says; newsletters often say nothing there. */
  readonly stubText?: string;
}

const ledger: Newsletter = {
  name: 'The Morning Ledger',
  address: 'news@morning-ledger.example',
  colour: '#14324a',
  stubText: 'This newsletter is best read in a program that shows HTML.',
};
const kitchen: Newsletter = { name: 'The Slow Kitchen', address: 'hello@slow-kitchen.example', colour: '#8a3b12' };
const digest: Newsletter = {
  name: 'Type & Grid Weekly',
  address: 'weekly@type-and-grid.example',
  colour: '#333333',
  stubText: 'View this email in your browser.',
};

/** Laid out in tables and inline styles with a hidden preview line, as newsletters are. */
function issueOf(newsletter: Newsletter, { key, hoursAgo, subject, stories, labels }: Issue): DemoMessage {
  const { name, address, colour, stubText } = newsletter;
  const domain = address.slice(address.indexOf('@') + 1);
  const rows = stories.map(
    ([headline, text], index) =>
      `<tr><td style="padding:16px 24px"><h2 style="color:${colour};font-size:18px">${headline}</h2><p>${text}</p><a href="https://${domain}/${key}/${index + 1}">Read on</a></td></tr>`,
  );
  return {
    key,
    hoursAgo,
    from: `${name} <${address}>`,
    to: [robin],
    subject,
    ...(stubText === undefined ? {} : { text: stubText }),
    html: `<!doctype html><html><head><style>.preview{display:none}</style></head><body><div class="preview" style="display:none;max-height:0;overflow:hidden">${stories[0]?.[0] ?? ''}</div><table width="600" align="center" cellpadding="0" cellspacing="0"><tr><td style="background:${colour};color:#ffffff;padding:20px 24px"><h1>${name}</h1></td></tr>${rows.join('\n')}<tr><td style="padding:24px;color:#888888;font-size:12px">You get this because you signed up with ${robin.replaceAll(/.*<|>/g, '')}. <a href="https://${domain}/unsubscribe">Unsubscribe</a></td></tr></table></body></html>`,
    headers: [
      ['List-Id', `${name} <${domain}>`],
      ['List-Unsubscribe', `<https://${domain}/unsubscribe>`],
      ['List-Unsubscribe-Post', 'List-Unsubscribe=One-Click'],
    ],
    labels: ['CATEGORY_PROMOTIONS', ...labels],
  };
}

/** Newsletters: rich HTML, some with a text part that says nothing. */
export const newsletterMessages: readonly DemoMessage[] = [
  issueOf(ledger, {
    key: 'ledger-1',
    hoursAgo: 10,
    subject: 'Ports reopen, rates stay, and a bridge is sold',
    labels: ['INBOX', 'UNREAD'],
    stories: [
      [
        'The northern ports reopen',
        'After eleven days the tugs are back. Insurers count 240 delayed ships; most carried timber and paper, and printers expect higher prices until spring.',
      ],
      ['Rates stay where they are', 'The central bank keeps its rate at 2.25 percent and hints at a cut in March.'],
      [
        'A bridge for one euro',
        'The town of Marnau sold its railway bridge to a club of 60 pensioners. They want to turn it into a garden.',
      ],
    ],
  }),
  issueOf(ledger, {
    key: 'ledger-2',
    hoursAgo: 34,
    subject: 'Why paper gets dearer',
    labels: ['INBOX'],
    stories: [
      [
        'Why paper gets dearer',
        'Coated paper costs 14 percent more than a year ago. Three mills closed, and the largest one left runs on gas.',
      ],
      ['The quiet end of the fax', 'The last two ministries switched theirs off on Friday.'],
    ],
  }),
  issueOf(ledger, {
    key: 'ledger-3',
    hoursAgo: 178,
    subject: 'A week without post',
    labels: [],
    stories: [
      ['A week without post', 'What a village learned when its only postwoman went on holiday.'],
      ['Correction', 'Wednesday’s chart of wheat prices was upside down. We apologise.'],
    ],
  }),
  issueOf(kitchen, {
    key: 'kitchen-1',
    hoursAgo: 58,
    subject: 'Quince jelly, and what to do with the rest 🍐',
    labels: ['INBOX', 'UNREAD'],
    stories: [
      [
        'Quince jelly',
        '2 kg quinces, 1.5 l water, 500 g sugar per litre of juice, the juice of one lemon. Boil unpeeled, drain overnight, then cook to 104 °C.',
      ],
      [
        'Membrillo from the pulp',
        'Pass what is left through a sieve, weigh it, add the same weight of sugar and stir for 50 minutes.',
      ],
    ],
  }),
  issueOf(kitchen, {
    key: 'kitchen-2',
    hoursAgo: 400,
    subject: 'Bread for people with jobs',
    labels: [],
    stories: [
      [
        'Bread for people with jobs',
        'Mix on Friday evening (450 g flour, 9 g salt, 2 g yeast, 330 g water), fold once before bed, bake on Saturday at noon.',
      ],
    ],
  }),
  issueOf(digest, {
    key: 'grid-1',
    hoursAgo: 82,
    subject: 'Type & Grid Weekly #118: variable fonts that behave',
    labels: ['INBOX'],
    stories: [
      [
        'Variable fonts that behave',
        'A checklist for axes, fallbacks and file sizes. The short version: subset first, then measure.',
      ],
      ['Contrast, once more', 'APCA and WCAG disagree on orange. Both are right about something.'],
    ],
  }),
];
