/** A property of MAPI as a test writes it: its id, its type and the bytes of its value. */
export type TestProperty = readonly [id: number, type: number, value: Buffer];

/** A file as Outlook packs it: `properties` beside the title and the data of older programs. */
export interface TestTnefFile {
  readonly title?: string;
  readonly data?: Buffer;
  readonly properties?: readonly TestProperty[];
}

export const unicode = (id: number, text: string): TestProperty => [id, 0x1f, Buffer.from(`${text}\0`, 'utf16le')];
export const binary = (id: number, value: Buffer): TestProperty => [id, 0x102, value];
export const long = (id: number, value: number): TestProperty => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return [id, 0x03, bytes];
};

/** A `winmail.dat` (MS-OXTNEF) with these files and properties of the message. */
export function buildTnef(files: readonly TestTnefFile[], properties: readonly TestProperty[] = []): Buffer {
  const attributes = [
    ...(properties.length === 0 ? [] : [attribute(1, 0x00_06_90_03, propertyBlock(properties))]),
    ...files.flatMap((file) => [
      attribute(2, 0x00_06_90_02, Buffer.alloc(14)),
      ...(file.title === undefined ? [] : [attribute(2, 0x00_01_80_10, Buffer.from(`${file.title}\0`, 'latin1'))]),
      ...(file.data === undefined ? [] : [attribute(2, 0x00_06_80_0f, file.data)]),
      ...(file.properties === undefined ? [] : [attribute(2, 0x00_06_90_05, propertyBlock(file.properties))]),
    ]),
  ];
  return Buffer.concat([uint32(0x22_3e_9f_78), Buffer.from([1, 0]), ...attributes]);
}

function attribute(level: number, id: number, data: Buffer): Buffer {
  const sum = data.reduce((total, byte) => (total + byte) & 0xff_ff, 0);
  return Buffer.concat([Buffer.from([level]), uint32(id), uint32(data.length), data, uint32(sum).subarray(0, 2)]);
}

function propertyBlock(properties: readonly TestProperty[]): Buffer {
  const values = properties.flatMap(([id, type, value]) => {
    const head = Buffer.alloc(4);
    head.writeUInt16LE(type, 0);
    head.writeUInt16LE(id, 2);
    const padding = Buffer.alloc((4 - (value.length % 4)) % 4);
    return type === 0x03 ? [head, value] : [head, uint32(1), uint32(value.length), value, padding];
  });
  return Buffer.concat([uint32(properties.length), ...values]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
