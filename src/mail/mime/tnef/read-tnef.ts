import { trimEndOf } from '../../../core/trim-end-of.ts';
import type { Charsets } from '../charsets.ts';
import { decodeText } from '../decode-text.ts';
import { byteCursor } from './byte-cursor.ts';
import { decompressRtf } from './decompress-rtf.ts';
import type { MapiProperties, MapiValue } from './mapi-properties.ts';
import { readMapiProperties } from './mapi-properties.ts';

/** A file that Outlook has packed into `winmail.dat`. */
interface TnefFile {
  readonly filename: string;
  /** Empty where Outlook does not say. */
  readonly mimeType: string;
  readonly contentId: string;
  readonly content: Buffer;
}

/** What a `winmail.dat` holds: files, and the text of the message in the forms that it has. */
export interface Tnef {
  readonly files: readonly TnefFile[];
  readonly text?: string;
  readonly html?: string;
  readonly rtf?: Buffer;
}

const signature = 0x22_3e_9f_78;
/** Files of one message, those of messages inside it too. */
const maxFiles = 1000;
/** Messages inside a message. */
const maxDepth = 3;

/** Attributes (MS-OXTNEF section 2.1.3.1) by the lower half of their id. */
const attribute = {
  body: 0x800c,
  attachData: 0x800f,
  attachTitle: 0x8010,
  attachStart: 0x9002,
  messageProperties: 0x9003,
  attachProperties: 0x9005,
  codepage: 0x9007,
};

/** Properties (MS-OXPROPS). */
const property = {
  body: 0x1000,
  compressedRtf: 0x1009,
  bodyHtml: 0x1013,
  attachData: 0x3701,
  attachFilename: 0x3704,
  attachLongFilename: 0x3707,
  attachMimeType: 0x370e,
  attachContentId: 0x3712,
  displayName: 0x3001,
  internetCodepage: 0x3fde,
};

interface Attached {
  title?: Buffer;
  data?: Buffer;
  properties?: MapiProperties;
}

/**
 * Reads the Transport Neutral Encapsulation Format (MS-OXTNEF) of Outlook and Exchange, as far as it is whole. Undefined
 * for bytes that are none, or hold nothing to read. Never throws; the time goes with the bytes.
 */
export function readTnef(bytes: Buffer, charsets: Charsets, depth = 0): Tnef | undefined {
  const cursor = byteCursor(bytes);
  if (cursor.uint32() !== signature) return undefined;
  cursor.uint16();
  const attachments: Attached[] = [];
  let codepage = 1252;
  let plain: Buffer | undefined;
  let properties: MapiProperties = new Map();
  while (cursor.left() > 0) {
    cursor.uint8();
    const id = cursor.uint32() & 0xff_ff;
    const data = cursor.take(cursor.uint32());
    cursor.uint16();
    const current = attachments.at(-1);
    if (id === attribute.attachStart && attachments.length < maxFiles) attachments.push({});
    else if (id === attribute.codepage) codepage = byteCursor(data).uint32();
    else if (id === attribute.body) plain = data;
    else if (id === attribute.messageProperties) properties = readMapiProperties(data);
    else if (current !== undefined) takeAttribute(current, id, data);
  }

  const textOf = (value: MapiValue | undefined): string => decodeValue(value, codepage, charsets);
  const files = attachments.flatMap((attached) => filesOf(attached, { codepage, charsets, depth }));
  const text = textOf(properties.get(property.body)) || textOf(plain && { bytes: plain, isUnicode: false });
  const html = readHtml(properties, charsets);
  const compressed = properties.get(property.compressedRtf)?.bytes;
  const rtf = compressed === undefined ? undefined : decompressRtf(compressed);
  if (files.length === 0 && text === '' && html === '' && rtf === undefined) return undefined;
  return {
    files: files.slice(0, maxFiles),
    ...(text === '' ? {} : { text }),
    ...(html === '' ? {} : { html }),
    ...(rtf === undefined ? {} : { rtf }),
  };
}

function takeAttribute(attached: Attached, id: number, data: Buffer): void {
  if (id === attribute.attachTitle) attached.title = data;
  else if (id === attribute.attachData) attached.data = data;
  else if (id === attribute.attachProperties) attached.properties = readMapiProperties(data);
}

/** Text without the zero that ends it. */
function decodeValue(value: MapiValue | undefined, codepage: number, charsets: Charsets): string {
  if (value === undefined) return '';
  const declared = value.isUnicode ? 'utf-16le' : codepage === 65_001 ? 'utf-8' : `cp${codepage}`;
  const text = value.isUnicode
    ? (charsets.decode(value.bytes, declared) ?? '')
    : decodeText(value.bytes, { declared }, charsets);
  return text.replace(/\0[^]*$/, '');
}

function readHtml(properties: MapiProperties, charsets: Charsets): string {
  const value = properties.get(property.bodyHtml);
  if (value === undefined) return '';
  const codepage = properties.get(property.internetCodepage)?.bytes.readUInt32LE() ?? 0;
  if (value.isUnicode) return decodeValue(value, codepage, charsets);
  const declared = codepage === 0 || codepage === 65_001 ? 'utf-8' : `cp${codepage}`;
  return trimEndOf(decodeText(value.bytes, { declared, isHtml: true }, charsets), '\0');
}

/** One file; of a message inside the message its files. */
function filesOf(
  { title, data, properties = new Map() }: Attached,
  { codepage, charsets, depth }: { readonly codepage: number; readonly charsets: Charsets; readonly depth: number },
): readonly TnefFile[] {
  const textOf = (id: number): string => decodeValue(properties.get(id), codepage, charsets);
  const object = properties.get(property.attachData)?.bytes;
  // An object begins with the interface that it is read by.
  const inner = object?.subarray(16);
  const message = inner === undefined || depth >= maxDepth ? undefined : readTnef(inner, charsets, depth + 1);
  if (message !== undefined) return message.files;
  const content = data ?? inner;
  if (content === undefined) return [];
  const written = title === undefined ? '' : decodeValue({ bytes: title, isUnicode: false }, codepage, charsets);
  return [
    {
      filename:
        textOf(property.attachLongFilename) ||
        textOf(property.attachFilename) ||
        written ||
        textOf(property.displayName),
      mimeType: textOf(property.attachMimeType).toLowerCase(),
      contentId: textOf(property.attachContentId).replaceAll(/[<>\s]/g, ''),
      content,
    },
  ];
}
