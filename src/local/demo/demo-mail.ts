import { messagesInManyLanguages } from './contents/languages.ts';
import { invoiceMessages } from './contents/invoices.ts';
import { newsletterMessages } from './contents/newsletters.ts';
import { noticeMessages, unwantedMessages } from './contents/notices.ts';
import { privateMessages } from './contents/private.ts';
import { workMessages } from './contents/work.ts';
import { demoOwner, type DemoMessage } from './demo-messages.ts';
import { writeMessage } from './write-message.ts';

/** A demo message as it arrives in the mailbox. */
export interface DemoMail {
  readonly raw: Uint8Array;
  readonly internalDateMs: number;
  readonly labels: readonly string[];
}

const hourMs = 60 * 60 * 1000;
/** The welcome message is always the same bytes, so its Date header is that of the day it was written. */
const welcomeDateMs = Date.UTC(2026, 10, 22, 9);

const welcome: DemoMessage = {
  key: 'welcome',
  hoursAgo: 0,
  from: 'gmail-llm <hello@gmail-llm.example>',
  to: [demoOwner],
  subject: 'Welcome to the demo mailbox',
  text: `Hello,

this mailbox is made up. It is here so that you can try searching, reading and labelling before any real mail is
involved. Nobody in it exists, and nothing that you do here leaves your machine.

Things to ask for:

- What is still open before the launch for Lindgren Ceramics?
- How much did I pay for hosting in the last three months?
- Which messages from this week are unread?

To use your own mail, run

    gmail-llm import --account you@example.org PATH

with a Google Takeout, an mbox, a Maildir or a folder of .eml files. Your mail then replaces the demo mailbox.
`,
  labels: ['INBOX', 'UNREAD', 'IMPORTANT'],
};

/** The message that greets the user: the same bytes whenever and by whomever the mailbox is made. */
export function welcomeMail(madeMs: number): DemoMail {
  return { raw: writeMessage(welcome, welcomeDateMs, []), internalDateMs: madeMs, labels: welcome.labels };
}

/** Every other message of a demo mailbox made at `madeMs`: always the same bytes for the same moment. */
export function demoMail(madeMs: number): readonly DemoMail[] {
  const messages = [
    ...workMessages(madeMs),
    ...privateMessages,
    ...messagesInManyLanguages,
    ...invoiceMessages,
    ...newsletterMessages,
    ...noticeMessages,
    ...unwantedMessages,
  ];
  const byKey = new Map(messages.map((message) => [message.key, message]));

  function keysBefore({ answers }: DemoMessage): readonly string[] {
    const answered = answers === undefined ? undefined : byKey.get(answers);
    return answered === undefined ? [] : [...keysBefore(answered), answered.key];
  }

  return messages.map((message) => {
    // A Date header has no milliseconds; the mailbox shows the same moment.
    const internalDateMs = Math.floor((madeMs - message.hoursAgo * hourMs) / 1000) * 1000;
    const raw = writeMessage(message, internalDateMs, keysBefore(message));
    return { raw, internalDateMs, labels: message.labels };
  });
}
