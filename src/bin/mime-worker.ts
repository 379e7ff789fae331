import { parentPort, workerData } from 'node:worker_threads';
import { AppError } from '../core/errors.ts';
import type { MimeWorkerAnswer } from '../mail/mime/parse-mime-within.ts';
import { parseMime } from '../mail/mime/parse-mime.ts';

/** The worker thread of `parseMimeWithin`: parses the one message it is given, answers, and ends. */
async function answer(raw: unknown): Promise<MimeWorkerAnswer> {
  if (!(raw instanceof Uint8Array)) throw new TypeError('The MIME worker takes the bytes of one message.');
  try {
    return { ok: true, parsed: await parseMime(raw) };
  } catch (error) {
    if (error instanceof AppError) {
      return { ok: false, code: error.code, message: error.message, details: error.details };
    }
    throw error;
  }
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is a window's postMessage
parentPort?.postMessage(await answer(workerData));
