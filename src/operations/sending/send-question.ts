import { clipText } from '../../mail/text/clip-text.ts';
import { printableText } from '../../mail/text/printable-text.ts';
import type { ParkedSend } from './confirm-send.ts';
import { formatSize, oneLine } from '../kernel/render-text.ts';

/** What a person is shown of the text: enough to know which message it is; the whole is in the outbox. */
const shownCharacters = 1500;
const shownLines = 30;

/** The beginning of a text, each line behind a bar: nothing of it can look like what the server says. */
function beginning(text: string): readonly string[] {
  const { text: clipped } = clipText(printableText(text), shownCharacters);
  const lines = clipped.split('\n').slice(0, shownLines);
  const remaining = text.length - lines.join('\n').length;
  return [
    ...lines.map((line) => `| ${line}`),
    ...(remaining > 0 ? [`${remaining} more characters of text are not shown here.`] : []),
  ];
}

/** A parked message as the person who decides has to see it: who gets what, what is odd, and what exactly is approved. */
export function sendQuestion({ outboxId, message }: ParkedSend): string {
  const { from, to, cc, bcc, subject, attachments, warnings, text, contentHash } = message;
  const files = attachments.map(
    ({ filename, mimeType, sizeBytes }) => `${oneLine(filename, 100)} (${oneLine(mimeType)}, ${formatSize(sizeBytes)})`,
  );
  const recipients = [
    ['To', to],
    ['Cc', cc],
    ['Bcc', bcc],
  ] as const;
  return [
    'Send this message?',
    `From: ${oneLine(from)}`,
    ...recipients.flatMap(([name, addresses]) =>
      addresses.length === 0 ? [] : [`${name}: ${addresses.map((address) => oneLine(address)).join(', ')}`],
    ),
    `Subject: ${oneLine(subject)}`,
    ...(files.length === 0 ? [] : [`Attachments: ${files.join('; ')}`]),
    ...warnings.map((warning) => `Note: ${oneLine(warning)}`),
    ...beginning(text),
    `Outbox entry ${outboxId}, content SHA-256 ${contentHash}`,
  ].join('\n');
}
