import { packBytes } from '../../store/mail/pack-bytes.ts';
import { RefusedContent } from '../../store/refused-content.ts';
import { nameOfHash } from '../../store/mail/name-of-hash.ts';
import type { ReadyMessage } from '../arrival/incoming.ts';
import { makeContent } from '../arrival/prepare-message.ts';
import type { ImportProblem } from './import-report.ts';
import type { Batch, ReadBatch, ReadMessage } from './read-batches.ts';

/** A batch of which everything that is stored was made. */
export interface ReadyBatch extends Batch<ReadyMessage> {
  readonly kind: 'ready';
  /** Messages that were there already. */
  readonly duplicates: number;
  /** Messages of which nothing could be made, and why. */
  readonly refused: readonly ImportProblem[];
}

/** What is made of a message, whatever its date and labels. */
type Made = Pick<ReadyMessage, 'content' | 'threadFacts' | 'packed'>;

/**
 * Makes everything that is stored of a batch, but for messages that are there already. `owner` is the address of the mailbox, in
 * lower case. Throws `UNAVAILABLE` when the parser process does not start.
 */
export async function readyBatch(
  { messages, repeated, mark }: ReadBatch,
  isStored: (sha256: Buffer) => boolean,
  owner: string,
): Promise<ReadyBatch> {
  const ready: ReadyBatch['messages'][number][] = [];
  const refused: ImportProblem[] = [];
  let duplicates = 0;
  const known = new Map<string, Made | RefusedContent>();
  for await (const message of messages) {
    const { source, sha256, internalDateMs, labels, gmailThreadId } = message;
    if (isStored(sha256)) {
      duplicates += 1;
      continue;
    }
    const name = nameOfHash(sha256);
    // Gmail's own thread id may differ where the bytes are the same.
    const isKept = repeated.has(name) && gmailThreadId === undefined;
    const made = (isKept ? known.get(name) : undefined) ?? (await make(message, owner));
    if (isKept) known.set(name, made);
    if (made instanceof RefusedContent) refused.push({ source, reason: made.message });
    else ready.push({ source, sha256, internalDateMs, labels, ...made });
  }
  const stored = mark();
  return { kind: 'ready', messages: ready, duplicates, refused, ...(stored === undefined ? {} : { mark: stored }) };
}

async function make(message: ReadMessage, owner: string): Promise<Made | RefusedContent> {
  try {
    return { ...(await makeContent(message, owner)), packed: packBytes(message.raw) };
  } catch (error) {
    if (error instanceof RefusedContent) return error;
    throw error;
  }
}
