import { bufferOn } from './bytes.ts';

/** HTML Living Standard, "prescan a byte stream to determine its encoding": real pages name it in the first kilobyte. */
const prescannedBytes = 4096;

/** The charset that an HTML text names in a `<meta>` or an XML declaration, as it is written. */
export function charsetInHtml(bytes: Uint8Array): string | undefined {
  const head = bufferOn(bytes).toString('latin1', 0, prescannedBytes);
  const xml = /^\s*<\?xml[^>]{0,200}?encoding\s{0,9}=\s{0,9}["']([\w.:-]{2,40})["']/i.exec(head)?.[1];
  if (xml !== undefined) return xml;
  for (const [tag] of head.matchAll(/<meta\b[^>]{0,500}/gi)) {
    const charset = /charset\s{0,9}=\s{0,9}["']?([\w.:-]{2,40})/i.exec(tag)?.[1];
    if (charset !== undefined) return charset;
  }
  return undefined;
}

/** The bytes outside of tags: what is written in a language. */
export function wordsOfHtml(bytes: Uint8Array): Buffer {
  const buffer = bufferOn(bytes);
  const pieces: Buffer[] = [];
  let position = 0;
  while (position < buffer.length) {
    const tag = buffer.indexOf('<', position, 'latin1');
    if (tag < 0) break;
    pieces.push(buffer.subarray(position, tag));
    const end = buffer.indexOf('>', tag, 'latin1');
    position = end < 0 ? buffer.length : end + 1;
  }
  return Buffer.concat([...pieces, buffer.subarray(position)]);
}
