import { trimEndOf } from '../../core/trim-end-of.ts';
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
  for (const line of linesOf(head)) {
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

function* linesOf(bytes: Buffer): Generator<string> {
  for (let start = 0; start <= bytes.length;) {
    const lineFeed = bytes.indexOf('\n', start, 'latin1');
    const end = lineFeed < 0 ? bytes.length : lineFeed;
    yield trimEndOf(bytes.toString('latin1', start, end), '\r');
    start = end + 1;
  }
}
