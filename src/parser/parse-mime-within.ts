import { AppError } from '../core/errors.ts';
import type { ParsedMail } from '../mail/message.ts';
import { parseMime } from '../mail/mime/parse-mime.ts';
import { parserProcess, type TaskLimits } from './parser-process.ts';

/**
 * Messages up to this size are parsed in place, where even hostile ones take well under a second: the parser's time
 * goes with the lines, and ordinary mail of 256 KB has about 4,000 of them.
 */
const inPlaceBytes = 256 * 1024;
const inPlaceLines = 8000;

/**
 * {@link parseMime} that never holds the server up: a message over 256 KB or 8,000 lines is parsed in the parser process,
 * waiting for its turn within the deadline. Throws `TOO_LARGE` when the deadline or the memory is not enough, and the
 * signal's reason when it is aborted.
 */
export async function parseMimeWithin(raw: Uint8Array, { deadlineMs, signal }: TaskLimits): Promise<ParsedMail> {
  signal?.throwIfAborted();
  if (raw.byteLength <= inPlaceBytes && countLines(raw) <= inPlaceLines) return parseMime(raw);

  const deadline = AbortSignal.timeout(deadlineMs);
  const stop = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
  const { mailOfFrame } = await import('./mail-frame.ts');
  try {
    return mailOfFrame(
      await parserProcess.run({ header: { kind: 'mail' }, blobs: [raw] }, { deadlineMs, signal: stop }),
    );
  } catch (error) {
    if (error === deadline.reason) throw tooLarge(raw, `was not parsed within ${deadlineMs} ms`, error);
    if (error instanceof AppError && error.code === 'TOO_LARGE')
      throw tooLarge(raw, 'needs too much memory to parse', error);
    throw error;
  }
}

function countLines(raw: Uint8Array): number {
  const lineFeed = 0x0a;
  let lines = 0;
  for (let at = raw.indexOf(lineFeed); at >= 0; at = raw.indexOf(lineFeed, at + 1)) lines += 1;
  return lines;
}

function tooLarge(raw: Uint8Array, what: string, cause: unknown): AppError {
  return new AppError(
    'TOO_LARGE',
    `The message of ${raw.byteLength} bytes ${what}.`,
    { hint: 'Download it as it is instead: GET /api/messages/{id}/raw.' },
    cause,
  );
}
