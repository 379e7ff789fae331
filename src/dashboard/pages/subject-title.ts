import { printableLine } from '../../mail/text/printable-text.ts';
import { shortLine } from './short-line.ts';

/** A longer one would push out of sight what stands below it: whom a message goes to. */
const most = 160;

/** The subject of a message as a title or a link: cut where it is long. */
export function subjectTitle(subject: string): string {
  const title = shortLine(subject, most);
  return title === '' ? '(no subject)' : title;
}

/** The whole subject where its title is cut. */
export function longSubject(subject: string): string | undefined {
  const line = printableLine(subject);
  return line.length > most ? line : undefined;
}
