import { domainToUnicode } from 'node:url';
import { htmlToText } from '../html/html-to-text.ts';
import type { Address } from '../message.ts';
import { comparableAddress, withoutDuplicates } from './address-syntax.ts';
import { composeMessage } from './compose-message.ts';
import { textToHtml } from '../html/escape-html.ts';
import { markdownToHtml } from './markdown-to-html.ts';
import type { MessageInput, WritingTime, WrittenMessage } from './message-input.ts';
import type { FileToAttach } from './message-to-write.ts';
import type { RecipientInput } from './parse-recipients.ts';
import { parseRecipients } from './parse-recipients.ts';
import type { QuotedMessage } from './quote-message.ts';
import { visibleHtml } from './visible-html.ts';

/** A message of which everything is known but its form. */
export interface UnfinishedMessage {
  readonly input: MessageInput;
  readonly time: WritingTime;
  readonly to: readonly Address[];
  readonly cc: readonly Address[];
  readonly subject: string;
  readonly quoted?: QuotedMessage;
  /** Further files, behind the writer's own. */
  readonly files?: readonly FileToAttach[];
  readonly inReplyTo?: string;
  readonly references?: readonly string[];
  readonly threadId?: string;
  readonly warnings?: readonly string[];
}

/** The recipients of an input field; none where it is not given. */
export function recipientsOf(input: RecipientInput | undefined, field: string): Address[] {
  return input === undefined ? [] : parseRecipients(input, field);
}

/** Puts text, signature and quote together, takes out who is named twice, and writes the message. */
export function finishMessage(message: UnfinishedMessage): WrittenMessage {
  const { input, time, quoted, threadId } = message;
  const to = withoutDuplicates(message.to);
  const cc = withoutDuplicates(message.cc, comparable(to));
  const bcc = withoutDuplicates(recipientsOf(input.bcc, 'bcc'), comparable([...to, ...cc]));
  const subject = message.subject.trim();
  const hasHtml = input.format === 'markdown' || (quoted?.html ?? '') !== '';
  const raw = composeMessage({
    from: input.from.address,
    ...(input.from.replyTo === undefined ? {} : { replyTo: [input.from.replyTo] }),
    to,
    cc,
    bcc,
    subject,
    dateMs: time.nowMs,
    messageId: time.messageId,
    ...(message.inReplyTo === undefined ? {} : { inReplyTo: message.inReplyTo }),
    references: message.references ?? [],
    text: wholeText(input, quoted),
    ...(hasHtml ? { html: wholeHtml(input, quoted) } : {}),
    files: [...(input.files ?? []), ...(hasHtml ? (quoted?.files ?? []) : []), ...(message.files ?? [])],
    extraHeaders: input.extraHeaders ?? [],
    boundary: time.boundary,
  });
  const warnings = [...(message.warnings ?? []), ...warningsOf([...to, ...cc, ...bcc], subject)];
  return {
    raw,
    from: input.from.address,
    to,
    cc,
    bcc,
    subject,
    ...(threadId === undefined ? {} : { threadId }),
    warnings,
  };
}

function comparable(addresses: readonly Address[]): ReadonlySet<string> {
  return new Set(addresses.map(({ address }) => comparableAddress(address)));
}

function wholeText({ body, from }: MessageInput, quoted: QuotedMessage | undefined): string {
  const signature = from.signature === undefined ? '' : htmlToText(from.signature).text;
  // The line in front of a signature ends with a space (RFC 3676 section 4.3): readers fold what is behind it.
  const parts = [body.trimEnd(), signature === '' ? '' : `-- \n${signature}`, quoted?.text ?? ''];
  return parts.filter((part) => part !== '').join('\n\n');
}

function wholeHtml({ body, format, from }: MessageInput, quoted: QuotedMessage | undefined): string {
  const own = format === 'markdown' ? markdownToHtml(body) : textToHtml(body.trimEnd());
  const signature = from.signature === undefined ? '' : visibleHtml(from.signature);
  const parts = [
    `<div dir="auto">${own}</div>`,
    signature === '' ? '' : `<div dir="auto" class="gmail_signature">${signature}</div>`,
    quoted?.html ?? '',
  ];
  return parts.filter((part) => part !== '').join('<br>\n');
}

function warningsOf(recipients: readonly Address[], subject: string): string[] {
  return [
    ...(recipients.length === 0 ? ['Nobody is named: it can be kept as a draft, but not sent.'] : []),
    ...(subject === '' ? ['It has no subject.'] : []),
    ...recipients.flatMap(addressWarnings),
  ];
}

function addressWarnings({ name, address }: Address): string[] {
  const warnings: string[] = [];
  const addressInName = /[^\s<>"(),;:]{1,64}@[^\s<>"(),;:]{1,255}/.exec(name)?.[0];
  if (addressInName !== undefined && comparableAddress(addressInName) !== comparableAddress(address)) {
    warnings.push(`The name of ${address} looks like another address: ${addressInName}.`);
  }
  const domain = address.slice(address.lastIndexOf('@') + 1);
  const shownDomain = domainToUnicode(domain);
  if (shownDomain !== domain) warnings.push(`The domain of ${address} is shown as ${shownDomain}.`);
  if (!/^[ -~]*$/.test(address)) warnings.push(`${address} can only be reached by mail systems with SMTPUTF8.`);
  return warnings;
}
