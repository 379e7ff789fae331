import { setImmediate } from 'node:timers/promises';
import { AppError } from '../core/errors.ts';
import type { MailContent, ParsedMail } from '../mail/message.ts';
import { parseMime } from '../mail/mime/parse-mime.ts';
import type { Frame } from './frames.ts';
import { parserProcess, type TaskLimits } from './parser-process.ts';

/**
 * Messages up to this size are parsed in place, where the most hostile ones take some 40 ms: the parser's time goes with
 * the lines, and with the addresses in them.
 */
const inPlaceBytes = 96 * 1024;
const inPlaceLines = 8000;

/** Messages from this size on take milliseconds: of many in one call, each lets other calls through. */
const turnBytes = 8 * 1024;

/**
 * {@link parseMime} that never holds the server up: a message over 96 KB or 8,000 lines is parsed in the parser process,
 * waiting for its turn within the deadline unless it is patient. Throws `TOO_LARGE` when the deadline, the call's time or the
 * memory is not enough, and the signal's reason when it is aborted.
 */
export async function parseMimeWithin(raw: Uint8Array, limits: TaskLimits): Promise<ParsedMail> {
  if (isLight(raw)) return parseInPlace(raw, limits);
  const { mailOfFrame } = await import('./mail-frame.ts');
  return runApart(raw, true, limits, mailOfFrame);
}

/** {@link parseMimeWithin} for whoever reads the message alone: the bytes of its files stay in the parser process. */
export async function readMimeWithin(raw: Uint8Array, limits: TaskLimits): Promise<MailContent> {
  if (isLight(raw)) return withoutFiles(await parseInPlace(raw, limits));
  const { contentOfFrame } = await import('./mail-frame.ts');
  return runApart(raw, false, limits, contentOfFrame);
}

function isLight(raw: Uint8Array): boolean {
  if (raw.byteLength <= inPlaceLines) return true;
  return raw.byteLength <= inPlaceBytes && countLines(raw) <= inPlaceLines;
}

async function parseInPlace(raw: Uint8Array, { signal, time }: TaskLimits): Promise<ParsedMail> {
  signal?.throwIfAborted();
  if (time?.leftMs === 0) throw tooLarge(raw, 'is not parsed any more: its call has taken its time');
  if (raw.byteLength > turnBytes) await setImmediate();
  return time === undefined ? parseMime(raw) : time.countWaiting(() => parseMime(raw));
}

function withoutFiles(parsed: ParsedMail): MailContent {
  return { ...parsed, attachments: parsed.attachments.map(({ content: _content, ...facts }) => facts) };
}

async function runApart<T>(
  raw: Uint8Array,
  withFiles: boolean,
  limits: TaskLimits,
  read: (frame: Frame) => T,
): Promise<T> {
  const { deadlineMs, signal, time, isPatient = false } = limits;
  signal?.throwIfAborted();
  const deadline = isPatient ? undefined : AbortSignal.timeout(deadlineMs);
  const signals = [signal, deadline].filter((one) => one !== undefined);
  const task = { header: { kind: 'mail', withFiles }, blobs: [raw] };
  try {
    const frame = await parserProcess.run(task, { ...limits, signal: AbortSignal.any(signals) });
    return time === undefined ? read(frame) : time.count(() => read(frame));
  } catch (error) {
    if (deadline !== undefined && error === deadline.reason)
      throw tooLarge(raw, `was not parsed within ${deadlineMs} ms`, error);
    if (error instanceof AppError && error.code === 'TOO_LARGE')
      throw tooLarge(raw, 'takes too much time or memory to parse', error);
    throw error;
  }
}

function countLines(raw: Uint8Array): number {
  const lineFeed = 0x0a;
  let lines = 0;
  for (let at = raw.indexOf(lineFeed); at >= 0; at = raw.indexOf(lineFeed, at + 1)) lines += 1;
  return lines;
}

function tooLarge(raw: Uint8Array, what: string, cause?: unknown): AppError {
  return new AppError(
    'TOO_LARGE',
    `The message of ${raw.byteLength} bytes ${what}.`,
    { hint: 'Download it as it is instead: GET /api/messages/{id}/raw.' },
    cause,
  );
}
