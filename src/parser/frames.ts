/**
 * Messages between a server and its parser process, over pipes: a header of JSON and byte strings behind it, each as it
 * is. Structured cloning would copy a message of 25 MB for half a second, some of it in the server's event loop.
 *
 * A frame is two 32-bit lengths (big endian), of the header and of everything behind it, then the header, then the bytes.
 */
export interface Frame {
  readonly header: unknown;
  readonly blobs: readonly Uint8Array[];
}

/** The text of a byte string; empty where there is none. */
export function textOfBlob(blob: Uint8Array | undefined): string {
  return blob === undefined ? '' : Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength).toString('utf8');
}

const prefixBytes = 8;
/** A header holds texts, no files; an answer's text is bounded long before. */
const maxHeaderBytes = 64_000_000;
/** Far above Gmail's largest message. */
const maxBlobBytes = 1_000_000_000;

interface Envelope {
  readonly header: unknown;
  readonly lengths: readonly number[];
}

/** The pieces of a frame, to be written one after the other: the bytes are not copied. */
export function encodeFrame({ header, blobs }: Frame): readonly Uint8Array[] {
  const envelope: Envelope = { header, lengths: blobs.map(({ byteLength }) => byteLength) };
  const json = Buffer.from(JSON.stringify(envelope));
  const prefix = Buffer.alloc(prefixBytes);
  prefix.writeUInt32BE(json.byteLength, 0);
  prefix.writeUInt32BE(
    blobs.reduce((sum, { byteLength }) => sum + byteLength, 0),
    4,
  );
  return [prefix, json, ...blobs];
}

function isEnvelope(value: unknown): value is Envelope {
  return typeof value === 'object' && value !== null && 'lengths' in value && Array.isArray(value.lengths);
}

function decodeFrame(json: Buffer, bytes: Buffer): Frame {
  const envelope: unknown = JSON.parse(json.toString('utf8'));
  if (!isEnvelope(envelope)) throw new TypeError('a frame has no lengths');
  let at = 0;
  const blobs = envelope.lengths.map((length) => {
    at += length;
    return bytes.subarray(at - length, at);
  });
  return { header: envelope.header, blobs };
}

/**
 * Collects what comes through a pipe and hands over each frame once it is whole: its bytes are copied once, into the place
 * that its lengths ask for. Throws for what is no frame.
 */
export function frameReader(onFrame: (frame: Frame) => void): (chunk: Uint8Array) => void {
  let filling: Filling = { bytes: Buffer.alloc(prefixBytes), filled: 0 };
  return (chunk) => {
    let rest = chunk;
    for (;;) {
      const taken = rest.subarray(0, filling.bytes.byteLength - filling.filled);
      filling.bytes.set(taken, filling.filled);
      filling.filled += taken.byteLength;
      rest = rest.subarray(taken.byteLength);
      if (filling.filled < filling.bytes.byteLength) return;
      const { bytes, headerBytes } = filling;
      if (headerBytes === undefined) {
        filling = fillingBehind(bytes);
      } else {
        filling = { bytes: Buffer.alloc(prefixBytes), filled: 0 };
        onFrame(decodeFrame(bytes.subarray(0, headerBytes), bytes.subarray(headerBytes)));
      }
    }
  };
}

/** The lengths of a frame, or what they announce. */
interface Filling {
  readonly bytes: Buffer;
  filled: number;
  /** How many of the bytes are the header's; undefined for the lengths. */
  readonly headerBytes?: number;
}

function fillingBehind(prefix: Buffer): Filling {
  const headerBytes = prefix.readUInt32BE(0);
  const blobBytes = prefix.readUInt32BE(4);
  if (headerBytes > maxHeaderBytes) throw new RangeError(`a frame has a header of ${headerBytes} bytes`);
  if (blobBytes > maxBlobBytes) throw new RangeError(`a frame has ${blobBytes} bytes behind its header`);
  return { bytes: Buffer.allocUnsafeSlow(headerBytes + blobBytes), filled: 0, headerBytes };
}
