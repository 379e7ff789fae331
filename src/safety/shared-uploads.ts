import { randomUUID } from 'node:crypto';
import { currentContext } from '../core/context.ts';
import type { SharedLedgers } from '../store/shared-ledgers.ts';
import {
  expiryOf,
  isForeign,
  keptMs,
  maxTotalBytes,
  maxUploadBytes,
  missingUpload,
  tooLarge,
  uploadFacts,
  uploadIdPattern,
  type Uploads,
} from './uploads.ts';

/** Uploads that hosts share: one takes a file, another attaches it. */
export function sharedUploads({ records }: SharedLedgers, now: () => number): Uploads {
  async function sweep(): Promise<number> {
    await records.forgetBefore('upload', now() - keptMs);
    return records.sizeBytes('upload');
  }

  return {
    hasAny: async () => (await records.list('upload')).length > 0,
    sweep,
    async add({ filename, mimeType, content }) {
      const sizeBytes = content.byteLength;
      if (sizeBytes > maxUploadBytes) throw tooLarge('The upload is too large.', maxUploadBytes);
      if ((await sweep()) + sizeBytes > maxTotalBytes) {
        throw tooLarge('There is no room for another upload: the oldest is gone in an hour.', maxTotalBytes);
      }
      const uploadId = randomUUID();
      const createdMs = now();
      const { tokenName } = currentContext() ?? {};
      const body = JSON.stringify({ filename, mimeType, sizeBytes, createdMs, tokenName });
      await records.add('upload', { name: uploadId, body, atMs: createdMs }, content);
      return { uploadId, filename, mimeType, sizeBytes, expiresAt: expiryOf(createdMs) };
    },
    async read(uploadId, field) {
      const record = uploadIdPattern.test(uploadId) ? await records.get('upload', uploadId) : undefined;
      if (record === undefined) throw missingUpload(uploadId, field);
      const { filename, mimeType, createdMs, tokenName } = uploadFacts.parse(JSON.parse(record.body));
      if (isForeign(tokenName) || now() - createdMs > keptMs) throw missingUpload(uploadId, field);
      const content = await records.bytes('upload', uploadId);
      if (content === undefined) throw missingUpload(uploadId, field);
      return { filename, mimeType, content };
    },
  };
}
