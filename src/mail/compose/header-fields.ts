import type { Address } from '../message.ts';
import { encodeWords, maxEncodedWordCharacters } from './encoded-words.ts';

/** RFC 2047 section 2 for lines with encoded words; RFC 5322 section 2.1.1 recommends 78. */
const maxLineCharacters = 76;

/** RFC 5322 section 3.2.3. */
const atom = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+$/;
const printableAscii = /^[ -~]*$/;

/** One header field, its line break included, folded in front of the tokens that do not fit on a line. */
export function foldHeader(name: string, tokens: readonly string[]): string {
  let field = `${name}:`;
  let lineLength = field.length;
  for (const [index, token] of tokens.entries()) {
    const length = Buffer.byteLength(token);
    // Some readers take a first line without a value for an empty field.
    const isFolded = index > 0 && lineLength + 1 + length > maxLineCharacters;
    field += isFolded ? `\r\n ${token}` : ` ${token}`;
    lineLength = isFolded ? 1 + length : lineLength + 1 + length;
  }
  return `${field}\r\n`;
}

/** A field of free text (RFC 5322 section 2.2.1), such as Subject; the value must be fit for a header. */
export function textField(name: string, value: string): string {
  const words = value === '' ? [] : value.split(' ');
  const first = words.findIndex(mustEncode);
  if (first < 0) return foldHeader(name, words);
  const last = words.findLastIndex(mustEncode);
  // A run of spaces is an empty word: its neighbours are encoded with it, so that no reader folds it away.
  const start = words[first] === '' ? Math.max(0, first - 1) : first;
  const end = words[last] === '' ? Math.min(words.length, last + 2) : last + 1;
  const width = start === 0 ? firstWidth(name) : maxEncodedWordCharacters;
  const encoded = encodeWords(words.slice(start, end).join(' '), width, maxEncodedWordCharacters);
  return foldHeader(name, [...words.slice(0, start), ...encoded, ...words.slice(end)]);
}

function mustEncode(word: string): boolean {
  return word === '' || !printableAscii.test(word) || word.includes('=?') || word.length > maxEncodedWordCharacters;
}

/** A field that lists addresses (RFC 5322 section 3.6.3); they must be valid. Empty where there are none. */
export function addressField(name: string, addresses: readonly Address[]): string {
  if (addresses.length === 0) return '';
  const tokens = addresses.flatMap((address, index) => {
    const isLast = index === addresses.length - 1;
    const words = addressTokens(address, index === 0 ? firstWidth(name) : maxEncodedWordCharacters);
    return words.map((word, at) => (at === words.length - 1 && !isLast ? `${word},` : word));
  });
  return foldHeader(name, tokens);
}

/** What an encoded word may be long on the line of the field's name. */
function firstWidth(name: string): number {
  return maxLineCharacters - name.length - 2;
}

function addressTokens({ name, address }: Address, width: number): string[] {
  // Some readers lose the quotes of a local part that stands without angle brackets.
  const isBare = name === '' && !address.startsWith('"');
  return isBare ? [address] : [...(name === '' ? [] : phraseTokens(name, width)), `<${address}>`];
}

function phraseTokens(name: string, width: number): string[] {
  const words = name.split(' ');
  const isPlain = printableAscii.test(name) && !name.includes('=?') && !words.includes('');
  if (isPlain && words.every((word) => atom.test(word) && word.length <= width)) return words;
  const quoted = `"${name.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
  if (isPlain && quoted.length <= width) return [quoted];
  return encodeWords(name, width, maxEncodedWordCharacters);
}

/** A field of message ids (RFC 5322 section 3.6.4), given without angle brackets. Empty where there are none. */
export function messageIdField(name: string, ids: readonly string[]): string {
  if (ids.length === 0) return '';
  return foldHeader(
    name,
    ids.map((id) => `<${id}>`),
  );
}

/** The Date field (RFC 5322 section 3.3), in UTC: it tells nobody where the writer is. */
export function dateField(dateMs: number): string {
  return foldHeader('Date', [new Date(dateMs).toUTCString().replace('GMT', '+0000')]);
}
