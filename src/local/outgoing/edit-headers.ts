import { splitHeaders } from '../../mail/mime/split-headers.ts';

/** The message without the header fields of this name (in lower case); every other byte stays as it is. */
export function withoutHeader(raw: Uint8Array, name: string): Uint8Array {
  const { headers, bodyOffset } = splitHeaders(raw);
  if (!headers.some((header) => header.name === name)) return raw;
  const lines =
    Buffer.from(raw.subarray(0, bodyOffset))
      .toString('latin1')
      .match(/[^\n]*\n|[^\n]+$/g) ?? [];
  let isInside = false;
  const kept = lines.filter((line) => {
    const isContinued = line.startsWith(' ') || line.startsWith('\t');
    if (!isContinued) isInside = line.slice(0, line.indexOf(':')).trim().toLowerCase() === name;
    return !isInside;
  });
  return Buffer.concat([Buffer.from(kept.join(''), 'latin1'), raw.subarray(bodyOffset)]);
}

/** The message with these header fields in front of its own. Values are ASCII without line breaks. */
export function withHeaders(raw: Uint8Array, fields: readonly (readonly [name: string, value: string])[]): Uint8Array {
  if (fields.length === 0) return raw;
  // A lone body without any header would lose its first lines to the fields.
  const edge = splitHeaders(raw).headers.length === 0 ? '\r\n' : '';
  return Buffer.concat([Buffer.from(`${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}${edge}`), raw]);
}
