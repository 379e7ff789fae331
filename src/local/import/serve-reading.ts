import { once } from 'node:events';
import type { MessagePort } from 'node:worker_threads';
import { AppError } from '../../core/errors.ts';
import { nameOfHash } from '../../store/mail/name-of-hash.ts';
import { readBatches, type ReadBatch } from './read-batches.ts';
import type { Answer, FromReader, Question, ReaderData, ToReader } from './reader-messages.ts';
import { readyBatch } from './ready-batch.ts';
import { sentBatch } from './sent-batch.ts';

/**
 * The life of the thread that reads for an import: see `readInThread`, whose other end this is. While one batch is stored, another
 * waits and one is made.
 */
export async function serveReading(
  port: MessagePort,
  { request, owner, hasMessages, questions }: ReaderData,
): Promise<void> {
  const stopping = new AbortController();
  let lastTaken = Promise.withResolvers<void>();
  lastTaken.resolve();
  port.on('message', (message: ToReader) => {
    if (message === 'stop') stopping.abort();
    else lastTaken.resolve();
  });

  /** One question at a time. */
  async function ask(question: Question): Promise<Answer> {
    questions.postMessage(question, []);
    const [answer] = await once(questions, 'message');
    return answer;
  }

  async function getMark(name: string): Promise<string | undefined> {
    return (await ask({ kind: 'getMark', name })).mark;
  }

  async function findStored(hashes: readonly Buffer[]): Promise<(sha256: Buffer) => boolean> {
    if (!hasMessages) return () => false;
    const { stored } = await ask({ kind: 'findStored', hashes });
    const names = new Set(hashes.filter((_, index) => stored?.[index] === true).map(nameOfHash));
    return (sha256) => names.has(nameOfHash(sha256));
  }

  function say(message: FromReader, handedOver: readonly ArrayBuffer[] = []): void {
    port.postMessage(message, handedOver);
  }

  async function send(batch: ReadBatch): Promise<void> {
    const sent = sentBatch(await readyBatch(batch, await findStored(batch.hashes), owner));
    await lastTaken.promise;
    lastTaken = Promise.withResolvers<void>();
    say(sent, [sent.bytes.buffer]);
  }

  try {
    for await (const event of readBatches(request, getMark, stopping.signal)) {
      if (event.kind === 'batch') await send(event);
      else say(event);
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    say({ kind: 'failed', code: error.code, message: error.message, details: error.details });
  } finally {
    port.close();
    questions.close();
  }
}
