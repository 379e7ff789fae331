import { printableLine, printableText } from '../../mail/text/printable-text.ts';
import type { OutboxEntryView } from './outbox-view.ts';

/** An entry as a line of a list. */
export function entryLine({ id, state, createdAt, to, cc, bcc, subject, failure }: OutboxEntryView): string {
  const all = [...to, ...cc, ...bcc];
  const others = all.length > 1 ? ` and ${all.length - 1} more` : '';
  const why = failure === undefined ? '' : `  (${printableLine(failure.message)})`;
  const [first = 'nobody'] = all;
  return `${id}  ${state.padEnd(9)}  ${createdAt.slice(0, 16)}Z  ${printableLine(first)}${others}: ${printableLine(subject)}${why}`;
}

function bytes(sizeBytes: number): string {
  if (sizeBytes < 1000) return `${sizeBytes} bytes`;
  return sizeBytes < 1_000_000 ? `${(sizeBytes / 1000).toFixed(1)} kB` : `${(sizeBytes / 1_000_000).toFixed(1)} MB`;
}

/** Over what, with which token and by which client a message was asked for. */
function askedThrough({ transport, tokenName, client }: OutboxEntryView): string {
  const token = tokenName === undefined ? [] : [`token ${tokenName}`];
  return [transport, ...token, ...(client === undefined ? [] : [`client ${printableLine(client)}`])].join(', ');
}

/** An entry as a person has to see it before it is approved: everything that would leave, and why to be careful. */
export function entryText(entry: OutboxEntryView): string {
  const { id, account, state, contentHash, createdAt, sendsAt, operation } = entry;
  const { from, to, cc, bcc, subject, attachments, warnings, failure, reason, messageId } = entry;
  const lines = [
    `Message ${id}: ${state}${sendsAt === undefined ? '' : ` until ${sendsAt}`}`,
    `Asked:   ${createdAt} by ${operation} over ${askedThrough(entry)}, for ${account}`,
    `From:    ${printableLine(from)}`,
  ];
  for (const [name, list] of [
    ['To', to],
    ['Cc', cc],
    ['Bcc', bcc],
  ] as const) {
    if (list.length > 0) lines.push(`${`${name}:`.padEnd(8)} ${list.map(printableLine).join(', ')}`);
  }
  lines.push(`Subject: ${printableLine(subject)}`);
  for (const { filename, mimeType, sizeBytes } of attachments) {
    lines.push(`Attached: ${printableLine(filename)} (${printableLine(mimeType)}, ${bytes(sizeBytes)})`);
  }
  for (const warning of warnings) lines.push(`Warning: ${printableLine(warning)}`);
  if (failure !== undefined) lines.push(`Failure: ${printableLine(failure.message)}`);
  if (reason !== undefined) lines.push(`Rejected: ${printableLine(reason)}`);
  if (messageId !== undefined) lines.push(`Sent as: ${messageId}`);
  const text = printableText(entry.text).trimEnd();
  const shown = text === '' ? [] : ['', ...text.split('\n').map((line) => `| ${line}`)];
  return [...lines, ...shown, '', `Hash:    ${contentHash}`].join('\n');
}
