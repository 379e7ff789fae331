import type { ArchivedMessage } from '../../src/local/import/mail-item.ts';
import { parseDate } from '../../src/mail/mime/parse-date.ts';

/**
 * Each copy is so much older than the one before: by more than the seven days within which a message without references
 * joins others of its subject, so that threads hold messages of one copy.
 */
const olderMs = 30 * 24 * 60 * 60 * 1000;

const headerField = /^([^\s:]+)[ \t]*:.*(?:\r?\n[ \t].*)*/gm;

function older(dateMs: number, copy: number): string {
  return new Date(dateMs - copy * olderMs).toUTCString();
}

/** The line that begins the copy in an mbox, and the header that keeps its labels (an import takes that one out again). */
export function envelopeOfCopy({ labels, envelope, fileMs }: ArchivedMessage, copy: number): Buffer {
  const [weekday, day, month, year, time] = older(envelope?.dateMs ?? fileMs, copy).split(/,? /);
  return Buffer.from(`From copy ${weekday} ${month} ${day} ${time} ${year}\nX-Gmail-Labels: ${labels.join(', ')}\n`);
}

function fieldOfCopy(field: string, name: string, copy: number): string {
  switch (name.toLowerCase()) {
    case 'message-id':
    case 'in-reply-to':
    case 'references':
      return field.replaceAll(/<([^<>\s]+)>/g, `<copy${copy}.$1>`);
    case 'date':
    case 'received': {
      // The date of a Received field is behind its last semicolon.
      const place = Math.max(name.length + field.slice(name.length).indexOf(':'), field.lastIndexOf(';')) + 1;
      const dateMs = parseDate(field.slice(place));
      return dateMs === undefined ? field : `${field.slice(0, place)} ${older(dateMs, copy)}`;
    }
    default:
      return field;
  }
}

/**
 * A message of an mbox that is like another: with other ids, the same ones in all of a thread; older; and with the
 * number of the copy in a header, as there are messages without id and date. Its people and words are the original's.
 */
export function copyOfMessage({ raw }: ArchivedMessage, copy: number): Buffer {
  const text = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('latin1');
  const headEnd = /\r?\n\r?\n/.exec(text)?.index ?? text.length;
  const head = text
    .slice(0, headEnd)
    .replaceAll(headerField, (field: string, name: string) => fieldOfCopy(field, name, copy));
  const whole = `X-Copy: ${copy}\n${head}${text.slice(headEnd)}`;
  return Buffer.from(`${whole.replaceAll(/^>*From /gm, '>$&')}\n\n`, 'latin1');
}
