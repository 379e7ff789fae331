import type { ParsedMail } from '../../mail/message.ts';
import { parseDate } from '../../mail/mime/parse-date.ts';
import type { EnvelopeLine } from './envelope-line.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** What an archive knows of when a message arrived. */
export interface ReceivedDateSources {
  readonly parsed: ParsedMail;
  readonly envelope?: EnvelopeLine;
  /** When the file was last changed; for a message in a file of its own often the time of delivery. */
  readonly fileMs: number;
  readonly nowMs: number;
}

/**
 * When a message arrived, in milliseconds since 1970. The first of these that lies between 1970 and tomorrow:
 * the envelope line with a zone (Takeout writes Gmail's own date there), the topmost Received header, the Date header,
 * an envelope line without a zone (read as UTC), the time of the file. If none does, 1970.
 */
export function receivedDateMs({ parsed, envelope, fileMs, nowMs }: ReceivedDateSources): number {
  const envelopeMs = envelope?.dateMs;
  const received = parsed.headers.find(({ name }) => name === 'received')?.value;
  const candidates = [
    envelope?.hasZone === true ? envelopeMs : undefined,
    // RFC 5322 section 3.6.7: the date stands behind the last semicolon.
    received?.includes(';') === true ? parseDate(received.slice(received.lastIndexOf(';') + 1)) : undefined,
    parsed.dateMs,
    envelopeMs,
    fileMs,
  ];
  const latestMs = nowMs + dayMs;
  return Math.floor(candidates.find((ms) => ms !== undefined && ms > 0 && ms <= latestMs) ?? 0);
}
