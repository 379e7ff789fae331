import type { ParsedMail } from '../message.ts';
import { formatAddresses } from './format-address.ts';
import { parseZonedDate } from './parse-date.ts';

/** What a message that is shown inside of another says of itself, as lines above its text. */
export function innerHeader(message: Pick<ParsedMail, 'from' | 'to' | 'cc' | 'subject' | 'headers'>): string {
  const { from, to, cc, subject, headers } = message;
  const date = headers.find(({ name }) => name === 'date')?.value ?? '';
  const lines = [
    ['From', formatAddresses(from)],
    ['To', formatAddresses(to)],
    ['Cc', formatAddresses(cc)],
    ['Subject', subject],
    ['Date', writeDate(date)],
  ] as const;
  return lines.flatMap(([name, value]) => (value === '' ? [] : [`${name}: ${value}\n`])).join('');
}

/** `2026-09-07 09:00 +0200`: as the writer's clock showed it. What is no date stays as it stands. */
function writeDate(text: string): string {
  const date = parseZonedDate(text);
  if (date === undefined) return text;
  const { dateMs, offsetMinutes } = date;
  const local = new Date(dateMs + offsetMinutes * 60_000).toISOString();
  const hours = Math.trunc(Math.abs(offsetMinutes) / 60);
  const zone = `${String(hours).padStart(2, '0')}${String(Math.abs(offsetMinutes) % 60).padStart(2, '0')}`;
  return `${local.slice(0, 10)} ${local.slice(11, 16)} ${offsetMinutes < 0 ? '-' : '+'}${zone}`;
}
