import type { MailContent } from '../message.ts';
import { statusIn, type BouncedRecipient } from './read-bounce.ts';

/** A bounce without the parts of RFC 3464. */
export interface WrittenBounce {
  readonly recipients: readonly BouncedRecipient[];
  /** The message that came back, as far as it is there; empty where it is not. */
  readonly returned: string;
}

/** Behind so much of a report there is nothing but the message that came back. */
const maxReportCharacters = 20_000;
const maxRecipients = 100;
const maxReasonCharacters = 500;

/** `--- Below this line is a copy of the message.`, `------ This is a copy of your message, including all the headers. ------` */
const copyLine = /^-{2,10} ?(?:Below this line is|This is) a copy of (?:the|your) message\b.*$/im;

/**
 * Reads the bounces of servers that write none by RFC 3464: qmail and its heirs (the QSBMF form: a paragraph `<address>:`
 * with the reason below, for each recipient) and Exim (the header X-Failed-Recipients, the reason below the address).
 * Undefined for what is none.
 */
export function readWrittenBounce({
  headers,
  text = '',
}: Pick<MailContent, 'headers' | 'text'>): WrittenBounce | undefined {
  const named = headers.find(({ name }) => name === 'x-failed-recipients')?.value ?? '';
  const isQmail = /^\s*Hi\. This is the\b/.test(text);
  if (named === '' && !isQmail) return undefined;
  const head = text.slice(0, maxReportCharacters);
  const copy = copyLine.exec(head);
  const report = copy === null ? head : head.slice(0, copy.index);
  const paragraphs = report.split(/\n[ \t]*\n/);
  const recipients = (named === '' ? addressesOf(paragraphs) : named.split(','))
    .map((address) => address.trim())
    .filter((address) => address !== '')
    .slice(0, maxRecipients)
    .map((address): BouncedRecipient => {
      const reason = reasonFor(address, paragraphs);
      return { address, action: 'failed', status: statusIn(reason), reason };
    });
  if (recipients.length === 0) return undefined;
  const returned = copy === null ? '' : text.slice(copy.index + copy[0].length).trimStart();
  return { recipients, returned };
}

/** The addresses in front of the paragraphs of QSBMF. */
function addressesOf(paragraphs: readonly string[]): readonly string[] {
  const lines = paragraphs.flatMap((paragraph) => paragraph.split('\n'));
  return lines.flatMap((line) => /^<([^<>\s]{3,320})>:$/.exec(line.trim())?.[1] ?? []);
}

/** What is said of an address: what is below it in its paragraph. */
function reasonFor(address: string, paragraphs: readonly string[]): string {
  const paragraph = paragraphs.find((one) => one.includes(address)) ?? '';
  const [, below = ''] = paragraph.split(address);
  return below
    .replaceAll(/\s+/g, ' ')
    .replace(/^[>:\s]+/, '')
    .trim()
    .slice(0, maxReasonCharacters);
}
