import * as z from 'zod';
import { AppError } from '../core/errors.ts';
import {
  foldablePart,
  foldParts,
  foldThread,
  withRest,
  type FoldedText,
  type ThreadText,
} from '../mail/thread/fold-thread.ts';
import { textOfBlob, type Frame } from './frames.ts';
import { parserProcess, type TaskLimits } from './parser-process.ts';

/** What is folded in place, which takes some 20 ms: a thread of ordinary mail has less. */
const inPlaceCharacters = 40_000;
const inPlaceLines = 2000;

const task = z.object({
  messages: z.array(
    z.object({
      author: z.object({ name: z.string(), address: z.string() }),
      messageId: z.string(),
      references: z.array(z.string()),
    }),
  ),
});
const answer = z.object({ foldedLines: z.array(z.number()) });

/** Does the task of {@link foldThreadWithin}, in the parser process. */
export function foldTask({ header, blobs }: Frame): Frame {
  const messages = task
    .parse(header)
    .messages.map((message, index) => ({ ...message, text: textOfBlob(blobs[index]) }));
  const folded = foldParts(messages);
  return {
    header: { foldedLines: folded.map(({ foldedLines }) => foldedLines) },
    blobs: folded.map(({ text }) => Buffer.from(text)),
  };
}

function isHeavy(messages: readonly ThreadText[]): boolean {
  let [characters, lines] = [0, 0];
  for (const { text } of messages) {
    const part = foldablePart(text);
    characters += part.length;
    for (let at = part.indexOf('\n'); at >= 0; at = part.indexOf('\n', at + 1)) lines += 1;
  }
  return characters > inPlaceCharacters || lines > inPlaceLines;
}

/**
 * `foldThread` that never holds the server up: a long thread is folded in the parser process. Where that takes too long,
 * the texts stay whole. Throws the reason of an aborted signal, and `UNAVAILABLE` when the process does not start.
 */
export async function foldThreadWithin(
  messages: readonly ThreadText[],
  limits: TaskLimits,
): Promise<readonly FoldedText[]> {
  if (!isHeavy(messages)) return foldThread(messages);
  const parts = messages.map(({ text }) => foldablePart(text));
  const header = {
    kind: 'fold',
    messages: messages.map(({ author, messageId, references }) => ({ author, messageId, references })),
  };
  try {
    const frame = await parserProcess.run({ header, blobs: parts.map((part) => Buffer.from(part)) }, limits);
    const { foldedLines } = answer.parse(frame.header);
    const folded = frame.blobs.map((blob, index) => ({
      text: textOfBlob(blob),
      foldedLines: foldedLines[index] ?? 0,
    }));
    return withRest(messages, folded);
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'TOO_LARGE')) throw error;
    return messages.map(({ text }) => ({ text, foldedLines: 0 }));
  }
}
