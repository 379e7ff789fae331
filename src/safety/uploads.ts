import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { currentContext } from '../core/context.ts';
import type { Awaitable } from '../core/awaitable.ts';
import { AppError, systemCode } from '../core/errors.ts';

/** The largest upload: encoded as base64 it still fits into a message (35 MiB, see `maxSendBytes`). */
export const maxUploadBytes = 26_000_000;
/** All uploads of a home together. */
export const maxTotalBytes = 500_000_000;
/** How long an upload is kept. */
export const keptMs = 60 * 60 * 1000;

/** Checked before an id names anything. */
export const uploadIdPattern = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

/** What is kept of an upload beside its bytes. */
export const uploadFacts = z.object({
  filename: z.string(),
  mimeType: z.string(),
  sizeBytes: z.number(),
  createdMs: z.number(),
  tokenName: z.string().optional(),
});

/** A file that waits to be attached. */
interface Upload {
  readonly uploadId: string;
  readonly filename: string;
  readonly mimeType: string;
  readonly sizeBytes: number;
  /** ISO 8601. */
  readonly expiresAt: string;
}

/** Files that callers have sent ahead, to be attached to messages; shared by all processes of a home. */
export interface Uploads {
  /** Keeps a file for an hour, for the token of the current call. Throws `TOO_LARGE`, `UNAVAILABLE`. */
  add(file: { readonly filename: string; readonly mimeType: string; readonly content: Uint8Array }): Awaitable<Upload>;
  /** Throws `NOT_FOUND` naming `field` for one that was never there, is over, or belongs to another token. */
  read(
    uploadId: string,
    field: string,
  ): Awaitable<{ readonly filename: string; readonly mimeType: string; readonly content: Uint8Array }>;
  /** Whether there is any. */
  hasAny(): Awaitable<boolean>;
  /** Deletes those whose time is over and returns how many bytes are left. */
  sweep(): Awaitable<number>;
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** The uploads in `folder`, which is made (0700) at the first one. */
export function openUploads(folder: string, now: () => number): Uploads {
  const contentFile = (id: string) => join(folder, id);
  const factsFile = (id: string) => join(folder, `${id}.json`);

  function sweep(): number {
    let totalBytes = 0;
    for (const name of readdirSync(folder)) {
      const file = statSync(join(folder, name), { throwIfNoEntry: false });
      if (file === undefined) continue;
      if (now() - file.mtimeMs > keptMs) rmSync(join(folder, name), { force: true });
      else totalBytes += file.size;
    }
    return totalBytes;
  }

  return {
    hasAny: () => isThere(folder) && readdirSync(folder).length > 0,
    sweep,
    add({ filename, mimeType, content }) {
      if (content.byteLength > maxUploadBytes) throw tooLarge('The upload is too large.', maxUploadBytes);
      const uploadId = randomUUID();
      const createdMs = now();
      const { tokenName } = currentContext() ?? {};
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        if (sweep() + content.byteLength > maxTotalBytes) {
          throw tooLarge('There is no room for another upload: the oldest is gone in an hour.', maxTotalBytes);
        }
        writeFileSync(contentFile(uploadId), content, { mode: 0o600 });
        // The facts come last and whole: without them there is no upload.
        const draft = `${factsFile(uploadId)}.new`;
        const sizeBytes = content.byteLength;
        writeFileSync(draft, JSON.stringify({ filename, mimeType, sizeBytes, createdMs, tokenName }), { mode: 0o600 });
        renameSync(draft, factsFile(uploadId));
      } catch (error) {
        if (error instanceof AppError) throw error;
        throw new AppError('UNAVAILABLE', 'The upload cannot be kept.', { hint: `Look at ${folder}.` }, error);
      }
      return { uploadId, filename, mimeType, sizeBytes: content.byteLength, expiresAt: expiryOf(createdMs) };
    },
    read(uploadId, field) {
      const missing = () => missingUpload(uploadId, field);
      if (!uploadIdPattern.test(uploadId) || !isThere(factsFile(uploadId))) throw missing();
      try {
        const { filename, mimeType, createdMs, tokenName } = uploadFacts.parse(
          JSON.parse(readFileSync(factsFile(uploadId), 'utf8')),
        );
        if (isForeign(tokenName) || now() - createdMs > keptMs) throw missing();
        return { filename, mimeType, content: readFileSync(contentFile(uploadId)) };
      } catch (error) {
        if (error instanceof AppError) throw error;
        // Swept away by another process.
        if (systemCode(error) === 'ENOENT') throw missing();
        throw new AppError('UNAVAILABLE', 'The upload cannot be read.', { field }, error);
      }
    },
  };
}

/** When an upload is over. */
export function expiryOf(createdMs: number): string {
  return new Date(createdMs + keptMs).toISOString();
}

/** Whether the token of the current call is another one than the upload's; who shows no token is on this machine already. */
export function isForeign(tokenName: string | undefined): boolean {
  const caller = currentContext()?.tokenName;
  return caller !== undefined && tokenName !== undefined && caller !== tokenName;
}

/** The refusal of an upload that was never there, is over, or belongs to another token. */
export function missingUpload(uploadId: string, field: string): AppError {
  return new AppError('NOT_FOUND', 'There is no such upload; one is kept for an hour, for the token that made it.', {
    field,
    got: uploadId.slice(0, 80),
    hint: 'Upload the file again with this token: POST /api/uploads.',
  });
}

/** The refusal of what is more than `maxBytes`. */
export function tooLarge(message: string, maxBytes: number): AppError {
  return new AppError('TOO_LARGE', message, { expected: `at most ${maxBytes} bytes` });
}
