import { printableLine } from '../../mail/text/printable-text.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

/** A moment as `2026-11-20 14:03` in a time zone (IANA name). */
export function formatMinute(ms: number, timeZone: string): string {
  let format = formats.get(timeZone);
  if (format === undefined) {
    // Swedish writes dates as ISO 8601 does.
    format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
    formats.set(timeZone, format);
  }
  return format.format(ms);
}

/** The day of a moment as `2026-11-20` in a time zone. */
export function formatDay(ms: number, timeZone: string): string {
  return formatMinute(ms, timeZone).slice(0, 10);
}

/** The time of day of a moment as `14:03` in a time zone. */
export function formatTime(ms: number, timeZone: string): string {
  return formatMinute(ms, timeZone).slice(11);
}

/** `1 message`, `2 messages`, `1,200 messages`. */
export function countOf(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

/** Text of a mail as part of one line: no line breaks, controls or invisible characters, at most `maxChars` characters. */
export function oneLine(text: string, maxChars = 500): string {
  // A line of spaces and marks can be long before it is cut: what is cut anyway is not looked at.
  const line = printableLine(text.slice(0, maxChars * 20));
  return line.length <= maxChars
    ? line
    : `${line
        .slice(0, maxChars - 1)
        .toWellFormed()
        .trimEnd()}…`;
}

/** {@link oneLine} between bars: a bar of its own cannot pretend to be the next column. */
export function cell(text: string, maxChars?: number): string {
  return oneLine(text, maxChars).replaceAll('|', '¦');
}

/** A sentence that holds for a mailbox of this machine only. */
export function noteIfLocal(delivery: 'local' | 'gmail', sentence: string): readonly string[] {
  return delivery === 'local' ? [sentence] : [];
}

/** A size as a person reads it: `812 bytes`, `12 KB`, `3.4 MB`. */
export function formatSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1e6 ? `${Math.round(bytes / 1000)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Lines up to so many characters in all, and how many are left. */
export function firstLines(
  lines: readonly string[],
  maxChars: number,
): { readonly shown: readonly string[]; readonly left: number } {
  let characters = 0;
  const end = lines.findIndex((line) => {
    characters += line.length + 1;
    return characters > maxChars;
  });
  const shown = end === -1 ? lines : lines.slice(0, end);
  return { shown, left: lines.length - shown.length };
}
