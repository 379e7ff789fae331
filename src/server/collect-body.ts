import type { IncomingMessage } from 'node:http';

/**
 * The bytes of a body, or undefined if they are more than `maxBytes`. The rest of a long one is read and thrown away: a
 * client that is cut off while it sends would not see the refusal.
 */
export function collectBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer | undefined>();
  let chunks: Buffer[] = [];
  let sizeBytes = 0;
  request.on('data', (chunk: Buffer) => {
    sizeBytes += chunk.byteLength;
    if (sizeBytes <= maxBytes) {
      chunks.push(chunk);
    } else {
      chunks = [];
      resolve(undefined);
    }
  });
  request.once('end', () => {
    const [first] = chunks;
    // A body of one piece is taken as it is.
    resolve(first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks));
  });
  request.once('error', reject);
  return promise;
}
