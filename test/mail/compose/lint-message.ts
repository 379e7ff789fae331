import { lintBody } from './lint-body.ts';
import { headerFaults, parseFields } from './lint-headers.ts';
import type { Field } from './lint-headers.ts';
import { parameterFaults, parseParameters } from './lint-parameters.ts';

/**
 * What in a message breaks RFC 5322, 2045 to 2049, 2231, 2387 or 3676, or what those advise against: one sentence each,
 * none for a clean message. It reads bytes by itself, with nothing of the code under test.
 */
export function lintMessage(raw: Uint8Array): readonly string[] {
  const text = Buffer.from(raw).toString('latin1');
  const faults: string[] = [];
  if (/\r(?!\n)|(?<!\r)\n/.test(text)) faults.push('RFC 5322 2.3: a CR or LF stands alone');
  if (text.includes('\0')) faults.push('RFC 5322 2.3: a NUL');
  if (!text.endsWith('\r\n')) faults.push('RFC 5321 4.1.1.4: the last line does not end with CRLF');
  const longest = Math.max(...text.split('\r\n').map((line) => line.length));
  if (longest > 998) faults.push(`RFC 5322 2.1.1: a line of ${longest} bytes`);
  lintEntity(
    text.replace(/\r\n$/, ''),
    { path: 'message', isMessage: true, allowsEightBit: true, boundaries: [] },
    faults,
  );
  return faults;
}

interface Place {
  readonly path: string;
  readonly isMessage: boolean;
  /** Whether what is around it declares eight-bit content. */
  readonly allowsEightBit: boolean;
  /** Of the multiparts around it. */
  readonly boundaries: readonly string[];
}

function lintEntity(text: string, place: Place, faults: string[]): void {
  const fault = (what: string): void => void faults.push(`${place.path}: ${what}`);
  const separator = text.startsWith('\r\n') ? 0 : text.indexOf('\r\n\r\n');
  const header = separator < 0 ? text : text.slice(0, separator + (separator === 0 ? 0 : 2));
  const body = separator < 0 ? '' : text.slice(separator + (separator === 0 ? 2 : 4));
  const fields = parseFields(header, fault);
  if (place.isMessage) headerFaults(fields, place.path === 'message', fault);
  const unknown = fields.filter(({ name }) => !place.isMessage && !name.startsWith('content-'));
  for (const { name } of unknown) fault(`RFC 2045 3: ${name} means nothing in a part`);

  const valueOf = (name: string): string | undefined => fields.find((field) => field.name === name)?.value;
  for (const value of duplicated(fields)) fault(`RFC 5322 3.6: more than one ${value}`);
  const contentType = valueOf('content-type') ?? 'text/plain; charset=us-ascii';
  const type = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+/.exec(contentType)?.[0]?.toLowerCase() ?? '';
  if (type === '') fault(`RFC 2045 5.1: Content-Type "${contentType}"`);
  const parameters = parseParameters(contentType, (what) => fault(`Content-Type: ${what}`));
  const disposition = valueOf('content-disposition');
  if (disposition !== undefined) {
    parameterFaults(
      parseParameters(disposition, (what) => fault(`Content-Disposition: ${what}`)),
      fault,
    );
  }
  parameterFaults(parameters, fault);
  const contentId = valueOf('content-id');
  if (contentId !== undefined && !/^<[^<>\s@]+@[^<>\s@]+>$|^<[\w.+-]+>$/.test(contentId))
    fault(`RFC 2045 7: ${contentId}`);

  const encoding = (valueOf('content-transfer-encoding') ?? '7bit').toLowerCase();
  if (encoding === '8bit' && !place.allowsEightBit) fault('RFC 2045 6.4: 8bit inside of a 7bit part');
  const isComposite = type.startsWith('multipart/') || type === 'message/rfc822';
  if (isComposite && encoding !== '7bit' && encoding !== '8bit') fault(`RFC 2046 5: ${type} encoded as ${encoding}`);
  for (const boundary of place.boundaries) {
    if (`\r\n${body}`.includes(`\r\n--${boundary}`)) fault('RFC 2046 5.1.1: holds the boundary of what is around it');
  }
  const inner: Place = { ...place, allowsEightBit: encoding === '8bit' };
  if (type.startsWith('multipart/')) lintMultipart(body, type, parameters, inner, faults);
  else if (type === 'message/rfc822') {
    // What somebody else wrote is passed on as it is.
    if (encoding === '7bit' && /[\x80-\xff]/.test(body)) fault('RFC 2046 5.2.1: eight-bit bytes in a 7bit message');
  } else lintBody(body, { type, encoding, parameters }, fault);
}

function duplicated(fields: readonly Field[]): string[] {
  const once =
    'date from sender reply-to to cc bcc message-id in-reply-to references subject mime-version content-type content-transfer-encoding content-disposition content-id'.split(
      ' ',
    );
  return once.filter((name) => fields.filter((field) => field.name === name).length > 1);
}

function lintMultipart(
  body: string,
  type: string,
  parameters: ReadonlyMap<string, string>,
  place: Place,
  faults: string[],
): void {
  const fault = (what: string): void => void faults.push(`${place.path}: ${what}`);
  const boundary = parameters.get('boundary') ?? '';
  if (!/^[\w'()+,./:=? -]{1,70}$/.test(boundary) || boundary.endsWith(' '))
    fault(`RFC 2046 5.1.1: boundary "${boundary}"`);
  const pieces = `\r\n${body}`.split(`\r\n--${boundary}`);
  const last = pieces.pop() ?? '';
  if (!last.startsWith('--')) fault('RFC 2046 5.1.1: no closing boundary');
  if (last.slice(2).trim() !== '' || (pieces.shift() ?? '').trim() !== '')
    fault('RFC 2046 5.1.1: text outside of all parts');
  if (pieces.length === 0) fault('RFC 2046 5.1.1: no part');
  if (type !== 'multipart/mixed' && pieces.length < 2) fault(`RFC 2046 5.1: one part in ${type}`);
  const types: string[] = [];
  for (const [index, piece] of pieces.entries()) {
    if (!piece.startsWith('\r\n')) fault('RFC 2046 5.1.1: text behind a boundary');
    const part = piece.slice(2);
    types.push(/^content-type:\s*([^\s;]+)/im.exec(part)?.[1]?.toLowerCase() ?? 'text/plain');
    const path = `${place.path}/${index + 1}`;
    lintEntity(part, { ...place, path, isMessage: false, boundaries: [...place.boundaries, boundary] }, faults);
  }
  if (type === 'multipart/related' && parameters.get('type') !== types[0])
    fault('RFC 2387 3.1: type is not that of the first part');
  if (type === 'multipart/alternative' && types[0] !== 'text/plain')
    fault('RFC 2046 5.1.4: the plainest part is not the first');
}
