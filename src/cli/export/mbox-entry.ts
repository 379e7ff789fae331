import { encodeWords } from '../../mail/compose/encoded-words.ts';
import type { ExportedMessage } from './exported-message.ts';

const fromLine = /^>*From /;

/** Names that Google Takeout writes for labels of Gmail's. */
const takeoutNames: Readonly<Record<string, string>> = {
  INBOX: 'Inbox',
  SENT: 'Sent',
  DRAFT: 'Drafts',
  SPAM: 'Spam',
  TRASH: 'Trash',
  UNREAD: 'Unread',
  STARRED: 'Starred',
  IMPORTANT: 'Important',
  CHAT: 'Chat',
  CATEGORY_PERSONAL: 'Category personal',
  CATEGORY_SOCIAL: 'Category social',
  CATEGORY_PROMOTIONS: 'Category promotions',
  CATEGORY_UPDATES: 'Category updates',
  CATEGORY_FORUMS: 'Category forums',
};

/** Characters of a header line; RFC 5322 section 2.1.1 asks for at most 78. */
const lineWidth = 76;

/**
 * A message as it stands in an mbox (mboxrd) with the headers of a Google Takeout, so that an import finds labels and threads
 * again. Its own bytes stay as they are but for a `>` before each line of `From `.
 */
export function mboxEntry({ threadId, internalDateMs, raw, systemLabels, labelNames }: ExportedMessage): Buffer {
  const thread = /^[0-9a-f]{1,16}$/.test(threadId) ? [`X-GM-THRID: ${BigInt(`0x${threadId}`)}`] : [];
  const read = systemLabels.includes('UNREAD') ? [] : ['Opened'];
  const names = [...systemLabels.map((id) => takeoutNames[id] ?? id), ...read, ...labelNames.map(quoted)];
  const head = [`From MAILER-DAEMON ${mboxDate(internalDateMs)}`, ...thread, labelsHeader(names.join(',')), ''];
  const body = escapeFromLines(Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('latin1'));
  const end = body.endsWith('\n') ? '\r\n' : '\r\n\r\n';
  return Buffer.concat([Buffer.from(head.join('\r\n')), Buffer.from(body, 'latin1'), Buffer.from(end)]);
}

/** `Sat Nov 28 09:05:01 2026`, in UTC, as RFC 4155 has it. */
function mboxDate(ms: number): string {
  const [day = '', date = '', month = '', year = '', time = ''] = new Date(ms)
    .toUTCString()
    .replace(',', '')
    .split(' ');
  return `${day} ${month} ${date} ${time} ${year}`;
}

/** In a list that is split at commas. */
function quoted(name: string): string {
  return /[,"]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
}

function labelsHeader(list: string): string {
  const name = 'X-Gmail-Labels:';
  if (/^[\x20-\x7e]*$/.test(list) && name.length + list.length < lineWidth) return `${name} ${list}`;
  return `${name} ${encodeWords(list, lineWidth - name.length - 1, lineWidth - 1).join('\r\n ')}`;
}

function escapeFromLines(text: string): string {
  // Most mail has none, and is not cut into lines.
  if (!text.startsWith('From ') && !text.startsWith('>') && !/\n>*From /.test(text)) return text;
  return text
    .split('\n')
    .map((line) => (fromLine.test(line) ? `>${line}` : line))
    .join('\n');
}
