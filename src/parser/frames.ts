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

const prefixBytes = 8;
/** A header holds texts, no files; an answer's text is bounded long before. */
const maxHeaderBytes = 64_000_000;

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

/** Collects what comes through a pipe and hands over each frame once it is whole. Throws for what is no frame. */
export function frameReader(onFrame: (frame: Frame) => void): (chunk: Uint8Array) => void {
  let chunks: Uint8Array[] = [];
  let held = 0;
  return (chunk) => {
    chunks.push(chunk);
    held += chunk.byteLength;
    while (held >= prefixBytes) {
      const first = chunks[0];
      // Joined only as far as the lengths need: the rest is joined once, when all of it is there.
      if (first === undefined || first.byteLength < prefixBytes) chunks = [Buffer.concat(chunks)];
      const prefix = Buffer.from(chunks[0] ?? []).subarray(0, prefixBytes);
      const headerBytes = prefix.readUInt32BE(0);
      if (headerBytes > maxHeaderBytes) throw new RangeError(`a frame has a header of ${headerBytes} bytes`);
      const end = prefixBytes + headerBytes + prefix.readUInt32BE(4);
      if (held < end) return;
      const whole = Buffer.concat(chunks);
      chunks = end < whole.byteLength ? [whole.subarray(end)] : [];
      held = whole.byteLength - end;
      onFrame(
        decodeFrame(
          whole.subarray(prefixBytes, prefixBytes + headerBytes),
          whole.subarray(prefixBytes + headerBytes, end),
        ),
      );
    }
  };
}
