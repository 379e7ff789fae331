import { writePdf } from '../demo-files.ts';
import type { DemoMessage } from '../demo-messages.ts';
import { people } from './people.ts';

const { robin } = people;
const hosting = 'Nordlicht Hosting <billing@nordlicht-hosting.example>';

interface HostingInvoice {
  readonly number: string;
  readonly hoursAgo: number;
  readonly traffic: string;
  readonly total: string;
  readonly labels: readonly string[];
}

/** The same invoice every month, as they come: only number and sums differ. */
function hostingInvoice({ number, hoursAgo, traffic, total, labels }: HostingInvoice): DemoMessage {
  const lines = [
    'Nordlicht Hosting, Harbour Street 5',
    `Invoice ${number}`,
    'Customer 20714: Robin Meyer',
    '',
    'Server M, one month                EUR 12.00',
    `Traffic                            EUR ${traffic}`,
    `Total (19 % VAT included)          EUR ${total}`,
    '',
    'The sum is taken from your account within ten days.',
  ];
  return {
    key: `hosting-${number.toLowerCase()}`,
    hoursAgo,
    from: hosting,
    to: [robin],
    subject: `Your invoice ${number}`,
    text: `Dear Robin Meyer,\n\nyour invoice ${number} over EUR ${total} is attached. We take the sum from your account within ten days.\n\nNordlicht Hosting`,
    files: [{ filename: `invoice-${number}.pdf`, mimeType: 'application/pdf', content: writePdf(lines) }],
    labels: ['CATEGORY_UPDATES', 'Invoices', ...labels],
  };
}

/** Invoices, receipts and tickets, most with a PDF, and what belongs to the tax return. */
export const invoiceMessages: readonly DemoMessage[] = [
  hostingInvoice({ number: 'NH-1187', hoursAgo: 1530, traffic: '2.10', total: '14.10', labels: [] }),
  hostingInvoice({ number: 'NH-1243', hoursAgo: 790, traffic: '2.85', total: '14.85', labels: [] }),
  hostingInvoice({ number: 'NH-1302', hoursAgo: 54, traffic: '6.40', total: '18.40', labels: ['INBOX', 'UNREAD'] }),
  {
    key: 'electricity',
    hoursAgo: 430,
    from: 'Stadtwerke Auental <rechnung@stadtwerke-auental.example>',
    to: [robin],
    subject: 'Ihre Stromrechnung: 61,20 € Guthaben',
    text: 'Guten Tag Robin Meyer,\n\nIhre Jahresrechnung liegt bei. Sie haben 1.846 kWh verbraucht und bekommen 61,20 € zurück. Der neue Abschlag beträgt 54 € im Monat.\n\nStadtwerke Auental',
    files: [
      {
        filename: 'Stromrechnung.pdf',
        mimeType: 'application/pdf',
        content: writePdf([
          'Stadtwerke Auental',
          'Jahresrechnung Strom',
          'Verbrauch: 1.846 kWh',
          'Guthaben: 61,20 EUR',
          'Neuer Abschlag: 54,00 EUR',
        ]),
      },
      {
        filename: 'Zählerstände.csv',
        mimeType: 'text/csv',
        content: Buffer.from('Datum;kWh\n1.1.;40112\n31.12.;41958\n'),
      },
    ],
    labels: ['INBOX', 'Invoices', 'Home'],
  },
  {
    key: 'train',
    hoursAgo: 96,
    from: 'Transalpina Tickets <tickets@transalpina-rail.example>',
    to: [robin],
    subject: 'Your ticket: 07:12, platform 4, seat 61',
    html: '<table><tr><td>Train</td><td><b>RE 2107</b></td></tr><tr><td>Departure</td><td>07:12, platform 4</td></tr><tr><td>Coach, seat</td><td>3, 61 (window)</td></tr><tr><td>Price</td><td>EUR 23.80</td></tr></table><p>Show the attached ticket on your phone. Order <b>QX7-TT4</b>.</p>',
    files: [
      {
        filename: 'ticket-QX7-TT4.pdf',
        mimeType: 'application/pdf',
        content: writePdf([
          'Transalpina Rail',
          'RE 2107, 07:12, platform 4',
          'Coach 3, seat 61',
          'Order QX7-TT4',
          'EUR 23.80',
        ]),
      },
    ],
    labels: ['INBOX', 'CATEGORY_UPDATES', 'Travel'],
  },
  {
    key: 'tax-adviser',
    hoursAgo: 118,
    from: 'Feld & Partner <kanzlei@feld-partner.example>',
    to: [robin],
    subject: 'Documents for your tax return',
    text: 'Dear Robin,\n\nfor the return we still need: the invoices of your hosting contract, the statement of the building society, and the receipt for the laptop (EUR 1,299). Please send them by the end of the month, otherwise we have to ask for a later deadline.\n\nAnnika Feld',
    labels: ['INBOX', 'IMPORTANT', 'Taxes'],
  },
  {
    key: 'laptop',
    hoursAgo: 2100,
    from: 'Kilobyte Store <orders@kilobyte-store.example>',
    to: [robin],
    subject: 'Receipt for order 88-20417',
    text: 'Thank you for your order.\n\n1 x Laptop 14", 32 GB   EUR 1,299.00\nShipping                  EUR 0.00\n\nYour receipt is attached. Warranty: 36 months.',
    files: [
      {
        filename: 'receipt-88-20417.pdf',
        mimeType: 'application/pdf',
        content: writePdf(['Kilobyte Store', 'Receipt 88-20417', 'Laptop 14", 32 GB: EUR 1,299.00', 'Paid by card']),
      },
    ],
    labels: ['Taxes', 'Invoices'],
  },
];
