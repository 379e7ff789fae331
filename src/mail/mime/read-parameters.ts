import { charsetName } from './charset-names.ts';
import { decodeText } from './decode-text.ts';
import type { HeaderReader } from './decode-words.ts';
import { decodeEncodedWords, decodeRawHeader } from './decode-words.ts';

/** A header value such as that of Content-Type, taken apart (RFC 2045 section 5.1). */
export interface ParameterizedValue {
  /** What stands first, in lower case, without spaces and comments. */
  readonly value: string;
  /** By name in lower case, the first of a name; decoded, but for `boundary`, which is compared byte by byte. */
  readonly parameters: ReadonlyMap<string, string>;
}

const parameter = /;\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^;]*))/gs;
/** Some mailers write a space or a comma for the first semicolon. */
const unseparated = /[\s,]([^\s=,"]+)=(?:"([^"]*)"|([^\s,]*))/g;

const nothing: ParameterizedValue = { value: '', parameters: new Map() };

/**
 * Reads a value with parameters, those of RFC 2231 (continued, with a charset) and the encoded words that some mailers
 * put there instead. `latin1` has one character a byte. Never throws.
 */
export function readParameters(latin1: string, reader: HeaderReader): ParameterizedValue {
  if (latin1 === '') return nothing;
  const headEnd = latin1.indexOf(';');
  const head = (headEnd < 0 ? latin1 : latin1.slice(0, headEnd)).replaceAll(/\s+/g, ' ').replaceAll(/ ?\/ ?/g, '/');
  const plain = new Map<string, string>();
  const sections = new Map<string, Section[]>();
  const found = [
    ...(head.includes('=') ? head.matchAll(unseparated) : []),
    ...(headEnd < 0 ? [] : latin1.slice(headEnd).matchAll(parameter)),
  ];
  for (const [, writtenName = '', quoted, bare = ''] of found) {
    const text = quoted === undefined ? bare.trim() : quoted.replaceAll(/\\(.)/gs, '$1');
    const name = writtenName.toLowerCase();
    const [, base, number = '0', star] = /^([^*]+)\*(?:(\d{1,3})(\*?))?$/.exec(name) ?? [];
    if (base !== undefined) {
      const parts = sections.get(base) ?? [];
      parts.push({ number: Number(number), text, isEncoded: star === undefined || star === '*' });
      sections.set(base, parts);
    } else if (!plain.has(name)) plain.set(name, name === 'boundary' ? text : decodePlain(text, reader));
  }
  // RFC 2231 wins over the plain form that a mailer may have put beside it for old readers.
  const extended = Array.from(sections, ([name, parts]): [string, string] => [name, joinSections(parts, reader)]);
  const value = /^[\s"']*([^\s;,"'(]*)/.exec(head)?.[1] ?? '';
  return { value: value.toLowerCase(), parameters: new Map([...plain, ...extended]) };
}

interface Section {
  readonly number: number;
  readonly text: string;
  readonly isEncoded: boolean;
}

function decodePlain(latin1: string, reader: HeaderReader): string {
  return decodeEncodedWords(decodeRawHeader(latin1, reader), reader);
}

/** RFC 2231 section 4.1: the first section names the charset, every encoded one has percent signs of its own. */
function joinSections(sections: readonly Section[], { charsets }: HeaderReader): string {
  const ordered = sections.toSorted((a, b) => a.number - b.number);
  const first = ordered[0];
  const [, charset] = first?.isEncoded === true ? (/^([^']*)'[^']*'/.exec(first.text) ?? []) : [];
  const bytes = ordered.map(({ text, isEncoded }, index) => {
    const rest = index === 0 && charset !== undefined ? text.replace(/^[^']*'[^']*'/, '') : text;
    return Buffer.from(isEncoded ? percentDecode(rest) : rest, 'latin1');
  });
  const declared = charset === undefined ? undefined : charsetName(charset);
  return decodeText(Buffer.concat(bytes), declared === undefined ? {} : { declared }, charsets);
}

function percentDecode(text: string): string {
  return text.replaceAll(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));
}
