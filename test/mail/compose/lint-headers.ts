import { isUtf8 } from './lint-body.ts';

/** A header field, unfolded, one character a byte. */
export interface Field {
  /** In lower case. */
  readonly name: string;
  readonly value: string;
  readonly lines: readonly string[];
}

const addressFields = new Set(['from', 'sender', 'reply-to', 'to', 'cc', 'bcc']);
const idFields = new Set(['message-id', 'in-reply-to', 'references']);
const textFields = /^(?:subject|x-.*)$/;

/** The fields of a header block, with the faults of their lines (RFC 5322 section 2.2). */
export function parseFields(header: string, fault: (what: string) => void): Field[] {
  const fields: { name: string; lines: string[] }[] = [];
  for (const line of header.split('\r\n').slice(0, -1)) {
    if (/^[\t ]/.test(line)) {
      if (line.trim() === '') fault('RFC 5322 3.2.2: a folded line of white space only');
      fields.at(-1)?.lines.push(line);
      continue;
    }
    const match = /^([!-9;-~]+):/.exec(line);
    if (match === null) fault(`RFC 5322 2.2: no header field: ${JSON.stringify(line)}`);
    else fields.push({ name: (match[1] ?? '').toLowerCase(), lines: [line] });
  }
  return fields.map(({ name, lines }) => {
    const value = lines
      .join('')
      .slice(name.length + 1)
      .trim();
    for (const line of lines) lintLine(name, line, fault);
    lintEncodedWords(name, value, fault);
    return { name, value, lines };
  });
}

function lintLine(name: string, line: string, fault: (what: string) => void): void {
  const content = line.startsWith(' ') ? line.trim() : line.slice(name.length + 1).trim();
  if (line.length > 78 && content.includes(' '))
    fault(`RFC 5322 2.1.1: ${name} has a line of ${line.length} that could be folded`);
  if (line.length > 76 && /=\?UTF-8\?/.test(line))
    fault(`RFC 2047 2: ${name} has a line of ${line.length} with an encoded word`);
  if (/[\t ]$/.test(line)) fault(`RFC 5322 3.2.2: ${name} has white space at the end of a line`);
  if (/[\p{Cc}--[\t\x80-\x9f]]/v.test(line)) fault(`RFC 5322 2.2: ${name} holds a control character`);
  if (!/[\x80-\xff]/.test(line)) return;
  if (!addressFields.has(name)) fault(`RFC 5322 2.2: ${name} holds eight-bit bytes`);
  else if (!isUtf8(Buffer.from(line, 'latin1'))) fault(`RFC 6532 3: ${name} is not UTF-8`);
}

function lintEncodedWords(name: string, value: string, fault: (what: string) => void): void {
  if (!value.includes('=?')) return;
  if (!addressFields.has(name) && !textFields.test(name)) fault(`RFC 2047 5: an encoded word in ${name}`);
  // An address may hold these characters; what is in angle brackets or has an @ is one.
  const words = value.split(/[\t ]+/).filter((one) => one.includes('=?') && !/^<|@/.test(one));
  for (const word of words) {
    const match = /^=\?([\w-]+)\?([QB])\?([!->@-~]+)\?=$/.exec(word);
    if (match === null) {
      fault(`RFC 2047 2: "${word}" in ${name} is no encoded word`);
      continue;
    }
    if (word.length > 75) fault(`RFC 2047 2: an encoded word of ${word.length} characters in ${name}`);
    const [, , encoding = '', text = ''] = match;
    if (encoding === 'B' && (!/^[A-Za-z0-9+/]+={0,2}$/.test(text) || text.length % 4 !== 0))
      fault(`RFC 2047 4.1: ${word}`);
    if (encoding === 'Q' && !/^(?:[A-Za-z0-9!*+/_-]|=[\dA-F]{2})+$/.test(text)) fault(`RFC 2047 5 (3): ${word}`);
    const bytes =
      encoding === 'B'
        ? Buffer.from(text, 'base64')
        : Buffer.from(
            text.replaceAll(/=([\dA-F]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
            'latin1',
          );
    if (!isUtf8(bytes)) fault(`RFC 2047 5: ${word} splits a character`);
  }
}

/** Faults of the fields of a message as a whole (RFC 5322 section 3.6). */
export function headerFaults(fields: readonly Field[], isRoot: boolean, fault: (what: string) => void): void {
  const has = (name: string): boolean => fields.some((field) => field.name === name);
  if (isRoot) for (const name of ['date', 'from', 'message-id', 'mime-version']) if (!has(name)) fault(`no ${name}`);
  for (const { name, value } of fields) {
    if (name === 'date' && !isDate(value)) fault(`RFC 5322 3.3: Date "${value}"`);
    if (name === 'mime-version' && value !== '1.0') fault(`RFC 2045 4: MIME-Version "${value}"`);
    if (idFields.has(name) && !/^<[!-;=?-~]+>(?: <[!-;=?-~]+>)*$/.test(value))
      fault(`RFC 5322 3.6.4: ${name} "${value}"`);
    if (name === 'message-id' && /[\s]/.test(value)) fault('RFC 5322 3.6.4: more than one message id');
    if (addressFields.has(name)) lintAddresses(name, value, fault);
  }
}

function isDate(value: string): boolean {
  const match = /^(\w{3}), (\d\d) (\w{3}) (\d{4}) \d\d:\d\d:\d\d [+-]\d{4}$/.exec(value);
  if (match === null) return false;
  return (
    new Date(value).toUTCString().length > 0 &&
    new Date(`${match[2]} ${match[3]} ${match[4]} UTC`).toUTCString().startsWith(match[1] ?? '-')
  );
}

const atext = String.raw`[A-Za-z0-9!#$%&'*+/=?^_${'`'}{|}~\x80-\xff-]+`;
const dotAtom = String.raw`${atext}(?:\.${atext})*`;
const quotedString = String.raw`"(?:[^"\\]|\\.)*"`;
const addressSpec = String.raw`(?:${dotAtom}|${quotedString})@${dotAtom}`;
const phrase = String.raw`(?:${atext}|${quotedString})(?: +(?:${atext}|${quotedString}))*`;
const mailbox = new RegExp(String.raw`^(?:${addressSpec}|(?:${phrase} )?<${addressSpec}>)`);

function lintAddresses(name: string, value: string, fault: (what: string) => void): void {
  let rest = value;
  for (;;) {
    const match = mailbox.exec(rest);
    if (match === null) return fault(`RFC 5322 3.4: ${name} at ${JSON.stringify(rest.slice(0, 60))}`);
    rest = rest.slice(match[0].length);
    if (rest === '') return;
    if (!rest.startsWith(', ')) return fault(`RFC 5322 3.4: ${name} at ${JSON.stringify(rest.slice(0, 60))}`);
    rest = rest.slice(2);
  }
}
