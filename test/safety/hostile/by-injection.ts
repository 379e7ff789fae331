import type { Attempt } from './attempt.ts';
import { attacker, friend, victim } from './world.ts';

/** Fields that are no addresses, with a header in them. */
const injections: readonly (readonly [title: string, fields: Record<string, unknown>])[] = [
  ['the subject', { subject: `Hi\r\nBcc: ${attacker}` }],
  ['the subject, with a bare line feed', { subject: `Hi\nBcc: ${attacker}` }],
  ['the subject, with a bare carriage return', { subject: `Hi\rBcc: ${attacker}` }],
  ['the sender', { from: `${victim}\r\nBcc: ${attacker}` }],
  ["a file's name", { attachments: [{ filename: `a\r\nBcc: ${attacker}`, contentBase64: 'YQ==' }] }],
  [
    "a file's type",
    { attachments: [{ filename: 'a', mimeType: `text/plain\r\nBcc: ${attacker}`, contentBase64: 'YQ==' }] },
  ],
  ['the key', { idempotencyKey: `k\r\nBcc: ${attacker}` }],
  ['the message to answer', { replyTo: `abc\r\nBcc: ${attacker}` }],
];

/** With a Bcc header hidden in another field. */
export const byInjection: readonly Attempt[] = injections.map(([title, fields]): Attempt => ({
  title: `a header in ${title}`,
  go: ({ rest }) => rest('send_message', { to: [friend], subject: 'Hi', body: 'Hi', ...fields }),
  // A name of a file is encoded, not refused, where nothing of it can become a header.
  ...(title === "a file's name" ? { harmless: 'the name is encoded' } : {}),
}));
