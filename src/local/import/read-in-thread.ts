import { on } from 'node:events';
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import { AppError } from '../../core/errors.ts';
import type { ImportedMailbox } from './import-target.ts';
import type { Answer, FromReader, Question, ReaderData, ToReader } from './reader-messages.ts';
import type { ReadingState, ReadRequest } from './read-batches.ts';
import type { ReadyBatch } from './ready-batch.ts';
import { receivedBatch } from './sent-batch.ts';

/** Both halves of the young generation and what it is copied to: as much as an import has without threads. */
const youngMegabytes = 24;

/** Beside the bundle when bundled (`dist/import-reader.js`), else the source. */
function programUrl(): URL {
  return import.meta.url.endsWith('.ts')
    ? new URL('../../bin/import-reader.ts', import.meta.url)
    : new URL('./import-reader.js', import.meta.url);
}

/**
 * What `readBatches` reads, with everything made that is stored of it, in a thread of its own: this one is left to write.
 * The thread is at most two batches ahead.
 *
 * Throws what the reading throws, and `UNAVAILABLE` when the thread ends before: what was stored until then stays.
 */
export async function* readInThread(
  request: ReadRequest,
  mailbox: ImportedMailbox,
  signal?: AbortSignal,
): AsyncGenerator<ReadingState | ReadyBatch> {
  const { port1: questions, port2: askingPort } = new MessageChannel();
  const hasMessages = (await mailbox.getProfile()).messagesTotal > 0;
  const workerData: ReaderData = {
    request,
    owner: mailbox.emailAddress.toLowerCase(),
    hasMessages,
    questions: askingPort,
  };
  const thread = new Worker(programUrl(), {
    workerData,
    transferList: [askingPort],
    resourceLimits: { maxYoungGenerationSizeMb: youngMegabytes },
  });
  let unanswered: unknown;
  answerAll(questions, mailbox).catch((error: unknown) => {
    unanswered = error;
    // It cannot go on without the answer.
    return thread.terminate();
  });
  const tell = (message: ToReader): void => thread.postMessage(message, []);
  const stop = (): void => tell('stop');
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted === true) stop();
  try {
    for await (const [message] of on(thread, 'message', { close: ['exit'] })) {
      const event: FromReader = message;
      if (event.kind === 'failed') throw new AppError(event.code, event.message, event.details);
      if (event.kind === 'ready') {
        tell('taken');
        yield receivedBatch(event);
        continue;
      }
      yield event;
      if (event.kind === 'end') return;
    }
    throw unanswered ?? ended('its thread has ended');
  } catch (error) {
    throw isOfThread(error) ? ended(error.message, error) : error;
  } finally {
    signal?.removeEventListener('abort', stop);
    questions.close();
    await thread.terminate();
  }
}

/** Answers one question after the other, as they were asked, until the port is closed. */
async function answerAll(questions: MessagePort, mailbox: ImportedMailbox): Promise<void> {
  for await (const [question] of on(questions, 'message', { close: ['close'] })) {
    questions.postMessage(await answer(question, mailbox), []);
  }
}

async function answer(question: Question, mailbox: ImportedMailbox): Promise<Answer> {
  switch (question.kind) {
    case 'getMark':
      return { mark: await mailbox.getMark(question.name) };
    case 'findStored':
      return { stored: await mailbox.findStored(question.hashes) };
  }
}

/** What Node.js says of a thread that could not be started, or had not enough memory. */
function isOfThread(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_WORKER_');
}

function ended(why: string, cause?: unknown): AppError {
  const hint = 'What was stored stays: run the same command again to go on from here.';
  return new AppError('UNAVAILABLE', `The reading of the mail broke off: ${why}.`, { hint }, cause);
}
