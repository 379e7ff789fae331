import { TextDecoder } from 'node:util';
import { decodeUnlabelled, isEightBit } from './decode-bytes.ts';
import { decodeEncodedWords } from './mime-library.ts';

/** A header value such as that of Content-Type, taken apart (RFC 2045 section 5.1). */
export interface ParameterizedValue {
  /** What stands before the first `;`, in lower case. */
  readonly value: string;
  /** By name in lower case, the first of a name; decoded, but for `boundary`, which is compared byte by byte. */
  readonly parameters: ReadonlyMap<string, string>;
}

const parameterPattern = /;\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^;]*))/gs;

/**
 * Reads a value with parameters, those of RFC 2231 (continued, with a charset) and the encoded words that some mailers
 * put there instead. `latin1` has one character a byte. Never throws.
 */
export function readParameters(latin1: string): ParameterizedValue {
  const head = /^[^;]*/.exec(latin1)?.[0] ?? '';
  const plain = new Map<string, string>();
  const sections = new Map<string, Section[]>();
  for (const [, writtenName = '', quoted, bare = ''] of latin1.slice(head.length).matchAll(parameterPattern)) {
    const text = quoted === undefined ? bare.trim() : quoted.replaceAll(/\\(.)/gs, '$1');
    const name = writtenName.toLowerCase();
    const [, base, number = '0', star] = /^([^*]+)\*(?:(\d{1,3})(\*?))?$/.exec(name) ?? [];
    if (base !== undefined) {
      const parts = sections.get(base) ?? [];
      parts.push({ number: Number(number), text, isEncoded: star === undefined || star === '*' });
      sections.set(base, parts);
    } else if (!plain.has(name)) plain.set(name, name === 'boundary' ? text : decodeText(text));
  }
  // RFC 2231 wins over the plain form that a mailer may have put beside it for old readers.
  const extended = Array.from(sections, ([name, parts]): [string, string] => [name, joinSections(parts)]);
  return { value: head.trim().toLowerCase(), parameters: new Map([...plain, ...extended]) };
}

interface Section {
  readonly number: number;
  readonly text: string;
  readonly isEncoded: boolean;
}

function decodeText(latin1: string): string {
  return decodeEncodedWords(isEightBit(latin1) ? decodeUnlabelled(Buffer.from(latin1, 'latin1')) : latin1);
}

/** RFC 2231 section 4.1: the first section names the charset, every encoded one has percent signs of its own. */
function joinSections(sections: readonly Section[]): string {
  const ordered = sections.toSorted((a, b) => a.number - b.number);
  const first = ordered[0];
  const [, charset] = first?.isEncoded === true ? (/^([^']*)'[^']*'/.exec(first.text) ?? []) : [];
  const bytes = ordered.map(({ text, isEncoded }, index) => {
    const rest = index === 0 && charset !== undefined ? text.replace(/^[^']*'[^']*'/, '') : text;
    return Buffer.from(isEncoded ? percentDecode(rest) : rest, 'latin1');
  });
  return decodeAs(Buffer.concat(bytes), charset ?? '');
}

/** A charset that is named wins, where it is known and fits: the 7-bit ones of Japan are valid UTF-8, too. */
function decodeAs(bytes: Uint8Array, charset: string): string {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    return decodeUnlabelled(bytes);
  }
}

function percentDecode(text: string): string {
  return text.replaceAll(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));
}
