import { Worker } from 'node:worker_threads';
import { AppError } from '../../core/errors.ts';
import type { ErrorCode, ErrorDetails } from '../../core/errors.ts';
import type { ParsedMail } from '../message.ts';
import { parseMime } from './parse-mime.ts';

/**
 * Messages up to this size are parsed in place, where even hostile ones take well under a second: the parser's time
 * goes with the lines, and ordinary mail of 256 KB has about 4,000 of them.
 */
const inPlaceBytes = 256 * 1024;
const inPlaceLines = 8000;

/** Workers at one time; further messages wait, within their deadline. More would only share the same cores. */
const maxWorkers = 2;

/** Heap of a worker. A message of Gmail's largest size (50 MB in, RFC 5322 bytes) fits several times. */
const workerHeapMegabytes = 512;

/** What the worker answers: the parsed message, or the error that `parseMime` threw. */
export type MimeWorkerAnswer =
  | { readonly ok: true; readonly parsed: ParsedMail }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string; readonly details: ErrorDetails };

export interface ParseLimits {
  /** Milliseconds, waiting for a free worker included. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
}

/**
 * {@link parseMime} that never holds the process up: a message over 256 KB or 8,000 lines is parsed in a worker thread.
 * Throws `TOO_LARGE` when the deadline or the memory is not enough, `INVALID_INPUT` as `parseMime` does, and the
 * signal's reason when it is aborted.
 */
export async function parseMimeWithin(raw: Uint8Array, { deadlineMs, signal }: ParseLimits): Promise<ParsedMail> {
  signal?.throwIfAborted();
  if (raw.byteLength <= inPlaceBytes && countLines(raw) <= inPlaceLines) return parseMime(raw);

  const deadline = AbortSignal.timeout(deadlineMs);
  const stop = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
  try {
    await takeTurn(stop);
    try {
      return await parseInWorker(raw, stop);
    } finally {
      passTurn();
    }
  } catch (error) {
    if (error === deadline.reason) throw tooLarge(raw, `was not parsed within ${deadlineMs} ms`, error);
    if (error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
      throw tooLarge(raw, `needs more than ${workerHeapMegabytes} MB to parse`, error);
    }
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

let workersRunning = 0;
const waiting = new Set<() => void>();

async function takeTurn(stop: AbortSignal): Promise<void> {
  if (workersRunning < maxWorkers) {
    workersRunning += 1;
    return;
  }
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const giveUp = (): void => {
    waiting.delete(resolve);
    reject(stop.reason);
  };
  waiting.add(resolve);
  stop.addEventListener('abort', giveUp, { once: true });
  await promise.finally(() => stop.removeEventListener('abort', giveUp));
}

/** The turn goes straight to the one that waits longest, so that nobody can come between. */
function passTurn(): void {
  const [next] = waiting;
  if (next === undefined) {
    workersRunning -= 1;
    return;
  }
  waiting.delete(next);
  next();
}

/** Beside the bundle when bundled (`dist/mime-worker.js`), else the source. */
function workerUrl(): URL {
  return import.meta.url.endsWith('.ts')
    ? new URL('../../bin/mime-worker.ts', import.meta.url)
    : new URL('./mime-worker.js', import.meta.url);
}

async function parseInWorker(raw: Uint8Array, stop: AbortSignal): Promise<ParsedMail> {
  // Aborted while it waited: the event is past and would not come again.
  stop.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<MimeWorkerAnswer>();
  const worker = new Worker(workerUrl(), {
    workerData: raw,
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: workerHeapMegabytes },
  });
  const giveUp = (): void => reject(stop.reason);
  worker.once('message', resolve);
  worker.once('error', reject);
  worker.once('exit', (code) => reject(new Error(`The MIME worker ended with exit code ${code} before it answered.`)));
  stop.addEventListener('abort', giveUp, { once: true });
  try {
    const answer = await promise;
    if (answer.ok) return answer.parsed;
    throw new AppError(answer.code, answer.message, answer.details);
  } finally {
    stop.removeEventListener('abort', giveUp);
    await worker.terminate();
  }
}
