import { Buffer } from 'node:buffer';

const blockBytes = 512;
/** What a field of eleven octal digits holds. */
const maxOctalBytes = 8 * 1024 ** 3;

/**
 * The header of a file in a tar archive (POSIX ustar; GNU's binary size from 8 GiB on). A path that the header cannot
 * hold stands in a pax record before it.
 */
export function tarHeader(path: string, sizeBytes: number, modifiedMs: number, mode: number): Buffer {
  const isShort = Buffer.byteLength(path) <= 100;
  const header = block({ path: isShort ? path : 'file', sizeBytes, modifiedMs, mode, type: '0' });
  if (isShort) return header;
  const record = Buffer.from(paxRecord('path', path));
  return Buffer.concat([
    block({ path: 'pax', sizeBytes: record.length, modifiedMs, mode: 0o600, type: 'x' }),
    record,
    tarPadding(record.length),
    header,
  ]);
}

/** What fills the last block of a file up. */
export function tarPadding(sizeBytes: number): Buffer {
  return Buffer.alloc((blockBytes - (sizeBytes % blockBytes)) % blockBytes);
}

/** What ends an archive. */
export const tarEnd = Buffer.alloc(2 * blockBytes);

/** `LENGTH KEY=VALUE` and a line feed, where the length counts itself. */
function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const restBytes = Buffer.byteLength(rest);
  let length = restBytes + String(restBytes).length;
  if (String(length).length > String(restBytes).length) length += 1;
  return `${length}${rest}`;
}

function block(entry: {
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  readonly mode: number;
  readonly type: '0' | 'x';
}): Buffer {
  const header = Buffer.alloc(blockBytes);
  const octal = (value: number, at: number, digits: number): void => {
    header.write(`${value.toString(8).padStart(digits, '0')}\0`, at, 'latin1');
  };
  header.write(entry.path, 0, 100, 'utf8');
  octal(entry.mode, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  if (entry.sizeBytes < maxOctalBytes) {
    octal(entry.sizeBytes, 124, 11);
  } else {
    header[124] = 0x80;
    header.writeBigUInt64BE(BigInt(entry.sizeBytes), 128);
  }
  octal(Math.floor(entry.modifiedMs / 1000), 136, 11);
  header.write('        ', 148, 'latin1');
  header.write(entry.type, 156, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}
