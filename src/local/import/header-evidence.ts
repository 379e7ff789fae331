import { endOfLine, nextLine } from '../../mail/mime/bytes.ts';
import { isKnownField } from '../../mail/mime/split-headers.ts';

/** What tells the header of a message from prose. */
export interface HeaderEvidence {
  /** Whether the first line is a header field, and one that mail is known to have. */
  readonly firstField?: 'known' | 'other';
  /** Fields of known names before the first line that is none. */
  readonly knownFields: number;
  readonly names: ReadonlySet<string>;
}

/** Looks at the beginning of what may be a message. Envelope lines that delivery agents escaped count for nothing. */
export function headerEvidence(head: Buffer): HeaderEvidence {
  const names = new Set<string>();
  let knownFields = 0;
  let firstField: HeaderEvidence['firstField'];
  let isFirst = true;
  for (let start = 0, next = 0; start < head.length; start = next) {
    next = nextLine(head, start, head.length);
    const line = head.toString('latin1', start, endOfLine(head, start, next));
    const name = /^([!-9;-~]+)[ \t]*:/.exec(line)?.[1]?.toLowerCase();
    const isFolded = line.startsWith(' ') || line.startsWith('\t');
    if (name === undefined && !isFolded && !line.startsWith('>From ')) break;
    if (isFirst && name !== undefined) firstField = isKnownField(name) ? 'known' : 'other';
    isFirst &&= name === undefined;
    if (name === undefined || !isKnownField(name)) continue;
    names.add(name);
    knownFields += 1;
  }
  return { ...(firstField === undefined ? {} : { firstField }), knownFields, names };
}
