import { beginningOf } from '../text/beginning-of.ts';

/** Kinds of OpenPGP armour (RFC 9580 section 6.2) with what a reader is told of them. */
const kinds: Readonly<Record<string, string>> = {
  'PGP MESSAGE': 'encrypted OpenPGP message',
  'PGP SIGNATURE': 'OpenPGP signature',
  'PGP PUBLIC KEY BLOCK': 'OpenPGP public key',
  'PGP PRIVATE KEY BLOCK': 'OpenPGP private key',
};

/** What OpenPGP did to the text of a message. */
export interface Armored {
  /** With one line in place of each block of armour or of base64, the text that was signed as it is. */
  readonly text: string;
  readonly isEncrypted: boolean;
  readonly isSigned: boolean;
}

/** Of OpenPGP, or one of keys and certificates (RFC 7468). */
const beginning = /^-----BEGIN ([A-Z0-9][A-Z0-9 ]{0,60})-----$/;

/** A line of armour: bytes, a field of its header, its checksum or nothing. Whatever else stands there is to be read. */
const armorLine =
  /^(?:[A-Za-z0-9+/]{1,160}={0,2}|=[A-Za-z0-9+/]{4}|(?:Version|Comment|Hash|Charset|MessageID|Proc-Type|DEK-Info): .{0,200}|)$/;

/** Bytes as text, as long as programs write their lines; fewer lines may be an id or a key that is meant to be read. */
const base64Line = /^[> ]{0,6}[A-Za-z0-9+/]{60,160}$/;
const base64End = /^[> ]{0,6}[A-Za-z0-9+/]{1,160}={0,2}$/;
const minBase64Lines = 8;

/** What a text has in which there is something to shorten. */
const mayHold = /^[> ]{0,6}[A-Za-z0-9+/]{60}|-----BEGIN /m;
/** Lines that are looked at, which takes some 10 ms: half a megabyte of armour. */
const maxLines = 10_000;

/** A text without the armour of OpenPGP, keys and other bytes as text, which say nothing to a reader and cost thousands of tokens. */
export function shortenArmor(text: string): Armored {
  if (!mayHold.test(text)) return { text, isEncrypted: false, isSigned: false };
  const lookedAt = beginningOf(text, Number.POSITIVE_INFINITY, maxLines);
  const shown: string[] = [];
  let isEncrypted = false;
  let isSigned = false;
  const lines = lookedAt.split('\n');
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? '';
    const [, name = ''] = beginning.exec(line.trim()) ?? [];
    const isArmor = name !== '' && name !== 'PGP SIGNED MESSAGE';
    const end = isArmor ? endOfArmor(lines, at, name) : endOfBase64(lines, at);
    if (name === 'PGP SIGNED MESSAGE') isSigned = true;
    else if (end > at) {
      if (name === 'PGP MESSAGE') isEncrypted = true;
      const title = isArmor ? (kinds[name] ?? name.toLowerCase()) : 'base64';
      const isCut = isArmor && (lines[end - 1] ?? '').trim() !== `-----END ${name}-----`;
      shown.push(placeholder(title, lines.slice(at, end), isCut));
      at = end;
      continue;
    } else if (!isSigned) shown.push(line);
    // RFC 9580 section 7: what was signed begins behind the header, and has a dash and a space before its dashes.
    else if (!/^(?:Hash|Charset): \S+$/.test(line.trim())) shown.push(line.replace(/^- (?=-|From )/, ''));
    at += 1;
  }
  const whole = shown.join('\n') + text.slice(lookedAt.length);
  return { text: isSigned || isEncrypted ? whole.trim() : whole, isEncrypted, isSigned };
}

function placeholder(title: string, lines: readonly string[], isCut: boolean): string {
  const characters = lines.reduce((sum, { length }) => sum + length, 0);
  return `[${title}, ${characters} characters${isCut ? ', cut off' : ''}]`;
}

/** The line behind the armour that begins here; the line itself where it is no armour. Only OpenPGP's may be cut off. */
function endOfArmor(lines: readonly string[], start: number, name: string): number {
  let at = start + 1;
  while (at < lines.length && armorLine.test((lines[at] ?? '').trim())) at += 1;
  if ((lines[at] ?? '').trim() === `-----END ${name}-----`) return at + 1;
  return kinds[name] === undefined ? start : at;
}

/** The line behind a block of base64 that begins here; the line itself where none does. */
function endOfBase64(lines: readonly string[], start: number): number {
  let at = start;
  while (at < lines.length && base64Line.test(lines[at] ?? '')) at += 1;
  if (at - start < minBase64Lines) return start;
  return base64End.test(lines[at] ?? '') ? at + 1 : at;
}
