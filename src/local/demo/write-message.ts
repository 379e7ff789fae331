import type { DemoFile, DemoMessage } from './demo-messages.ts';

/** A part of a message: its header fields and its encoded body. */
interface Part {
  readonly headers: readonly string[];
  readonly body: string;
}

const isAscii = (text: string): boolean => /^[\t\n\r -~]*$/.test(text);
const messageIdOf = (key: string): string => `<${key}@demo.gmail-llm.example>`;

/**
 * A demo message as RFC 5322 bytes. `chain` holds the keys of the messages before it in its thread, oldest first.
 */
export function writeMessage(message: DemoMessage, dateMs: number, chain: readonly string[]): Uint8Array {
  const { key, from, to, cc = [], subject, headers = [] } = message;
  const body = bodyOf(message);
  const lines = [
    `Message-ID: ${messageIdOf(key)}`,
    `Date: ${new Date(dateMs).toUTCString().replace('GMT', '+0000')}`,
    `From: ${encodeAddress(from)}`,
    `To: ${to.map(encodeAddress).join(',\r\n ')}`,
    ...(cc.length === 0 ? [] : [`Cc: ${cc.map(encodeAddress).join(',\r\n ')}`]),
    `Subject: ${encodeWords(subject)}`,
    ...(chain.length === 0
      ? []
      : [`In-Reply-To: ${messageIdOf(chain.at(-1) ?? '')}`, `References: ${chain.map(messageIdOf).join('\r\n ')}`]),
    ...headers.map(([name, value]) => `${name}: ${encodeWords(value)}`),
    'MIME-Version: 1.0',
    ...body.headers,
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body.body}`, 'latin1');
}

/** RFC 2046: the ways to show the text, then what it shows inside, then what is attached. */
function bodyOf({ key, text, html, invitation, files = [] }: DemoMessage): Part {
  const shown = [
    ...(text === undefined ? [] : [textPart(text, 'text/plain; charset=utf-8')]),
    ...(html === undefined ? [] : [textPart(html, 'text/html; charset=utf-8')]),
    ...(invitation === undefined
      ? []
      : [textPart(invitation, 'text/calendar; charset=utf-8; method=REQUEST; name="invite.ics"')]),
  ];
  const inline = files.filter(({ contentId }) => contentId !== undefined).map(filePart);
  const attached = files.filter(({ contentId }) => contentId === undefined).map(filePart);
  const alternative = multipart('alternative', key, shown);
  const related = multipart('related', key, [alternative, ...inline]);
  return multipart('mixed', key, [related, ...attached]);
}

function multipart(kind: string, key: string, parts: readonly Part[]): Part {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const boundary = `=_${key}_${kind}`;
  const bodies = parts.map(({ headers, body }) => `--${boundary}\r\n${headers.join('\r\n')}\r\n\r\n${body}\r\n`);
  return {
    headers: [`Content-Type: multipart/${kind}; boundary="${boundary}"`],
    body: `${bodies.join('')}--${boundary}--\r\n`,
  };
}

function textPart(text: string, contentType: string): Part {
  const lines = text.replaceAll(/\r?\n/g, '\r\n');
  if (isAscii(lines) && !/[^\n]{999}/.test(lines)) {
    return { headers: [`Content-Type: ${contentType}`, 'Content-Transfer-Encoding: 7bit'], body: `${lines}\r\n` };
  }
  const bytes = Buffer.from(`${lines}\r\n`);
  // Quoted-printable keeps Latin text legible and makes every other script three times as long.
  const isMostlyAscii = bytes.filter((byte) => byte < 128).length > bytes.length * 0.8;
  return {
    headers: [
      `Content-Type: ${contentType}`,
      `Content-Transfer-Encoding: ${isMostlyAscii ? 'quoted-printable' : 'base64'}`,
    ],
    body: isMostlyAscii ? quotedPrintable(bytes) : base64Lines(bytes),
  };
}

function filePart({ filename, mimeType, content, contentId }: DemoFile): Part {
  const parameter = isAscii(filename) ? `filename="${filename}"` : `filename*=UTF-8''${encodeURIComponent(filename)}`;
  return {
    headers: [
      `Content-Type: ${mimeType}`,
      `Content-Disposition: ${contentId === undefined ? 'attachment' : 'inline'}; ${parameter}`,
      ...(contentId === undefined ? [] : [`Content-ID: <${contentId}>`]),
      'Content-Transfer-Encoding: base64',
    ],
    body: base64Lines(content),
  };
}

function base64Lines(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replaceAll(/.{76}/g, '$&\r\n');
}

/** RFC 2045 section 6.7: lines of at most 76 characters, a soft break is `=` at the end. */
function quotedPrintable(bytes: Uint8Array): string {
  const encoded = Array.from(bytes, (byte) => {
    const isPlain = (byte >= 0x20 && byte <= 0x7e && byte !== 0x3d) || byte === 0x0d || byte === 0x0a;
    return isPlain ? String.fromCharCode(byte) : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');
  return encoded
    .split('\r\n')
    .map((line) => line.replace(/ $/, '=20').replaceAll(/(?:=[0-9A-F]{2}|[^=]){1,73}(?=.)/g, '$&=\r\n'))
    .join('\r\n');
}

/** RFC 2047: text that is not ASCII as encoded words of at most 75 characters. */
function encodeWords(text: string): string {
  if (isAscii(text)) return text;
  const words: string[] = [];
  let word = '';
  for (const character of text) {
    if (Buffer.byteLength(word + character) > 42) {
      words.push(word);
      word = '';
    }
    word += character;
  }
  return [...words, word].map((part) => `=?UTF-8?B?${Buffer.from(part).toString('base64')}?=`).join('\r\n ');
}

function encodeAddress(address: string): string {
  const [, name = '', rest = address] = /^(.*) (<[^>]*>)$/.exec(address) ?? [];
  if (name === '') return rest;
  if (!isAscii(name)) return `${encodeWords(name)} ${rest}`;
  return /^[\w !#$%&'*+/=?^`{|}~-]+$/.test(name) ? `${name} ${rest}` : `"${name}" ${rest}`;
}
