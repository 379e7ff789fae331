import { randomUUID } from 'node:crypto';
import type * as z from 'zod';
import type { Channel } from '../channel.ts';
import { undefinedIfNotFound } from '../../core/undefined-if-not-found.ts';
import { readAnswer } from '../client/ask.ts';
import { decodeBatch } from './decode-batch.ts';
import { encodeBatch } from './encode-batch.ts';
import { mapLimited } from './map-limited.ts';

/** Google allows 100, advises 50, and was seen to refuse parts of such batches for running at once; 10 to 25 are safe. */
const maxParts = 20;
const maxBatchesAtOnce = 2;
/** Requests at once for parts that Google refused inside a batch. */
const maxRepeatsAtOnce = 4;
const timeoutMs = 30_000;

/** How things of one kind are fetched. */
interface Getter<T> {
  readonly methodId: string;
  /** Path and query of one, below the host. */
  readonly targetOf: (id: string) => string;
  readonly schema: z.ZodType<T>;
  /** Fetches one by itself; throws `NOT_FOUND` where it is not there. */
  readonly getOne: (id: string) => Promise<T>;
}

/**
 * Fetches things by their ids in few requests. An id of nothing is missing in the answer. `onBatch` gets those of each request as
 * soon as they are there, also where a later one fails. Throws as the channel does.
 */
export type GetMany = <T>(
  ids: readonly string[],
  getter: Getter<T>,
  onBatch?: (found: readonly T[]) => Promise<void>,
) => Promise<ReadonlyMap<string, T>>;

/**
 * A `GetMany` on Google's batch endpoint. A part that was refused inside its batch (a limit, a fault of Google's) is
 * asked for by itself, so that the channel waits as long as it must.
 */
export function createGetMany(channel: Channel, apiRootUrl: string): GetMany {
  const url = new URL('/batch/gmail/v1', apiRootUrl).href;

  async function getBatch<T>(ids: readonly string[], getter: Getter<T>): Promise<readonly (readonly [string, T])[]> {
    const boundary = `batch_${randomUUID()}`;
    const { headers, body } = await channel.send({
      methodIds: ids.map(() => getter.methodId),
      httpMethod: 'POST',
      url,
      headers: { 'content-type': `multipart/mixed; boundary="${boundary}"`, 'accept-encoding': 'gzip' },
      body: encodeBatch(
        ids.map((id) => ({ target: getter.targetOf(id) })),
        boundary,
      ),
      isSafeToRepeat: true,
      timeoutMs,
    });
    const answers = decodeBatch(headers.get('content-type') ?? '', body, ids.length);
    const found = new Map<string, T>();
    const refused: string[] = [];
    for (const [index, id] of ids.entries()) {
      const answer = answers[index];
      const isWhole = answer?.status === 200 && answer.body !== undefined;
      if (isWhole) found.set(id, readAnswer(getter.schema, answer.body));
      else if (answer?.status !== 404) refused.push(id);
    }
    const { methodId } = getter;
    const refusals = answers.flatMap((answer) => (answer === undefined || answer.status < 400 ? [] : [answer]));
    await channel.noteRefusals(
      refusals.map(({ status, headers, text: body }) => ({ methodId, status, headers, body })),
    );
    for (const [id, value] of await getSingly(refused, getter)) found.set(id, value);
    return [...found];
  }

  return async (ids, getter, onBatch = async () => {}) => {
    const getAndTell = async (some: readonly string[]) => {
      const found = some.length === 1 ? await getSingly(some, getter) : await getBatch(some, getter);
      await onBatch(found.map(([, value]) => value));
      return found;
    };
    const batches = Array.from({ length: Math.ceil(ids.length / maxParts) }, (_, index) =>
      ids.slice(index * maxParts, (index + 1) * maxParts),
    );
    return new Map((await mapLimited(batches, maxBatchesAtOnce, getAndTell)).flat());
  };
}

async function getSingly<T>(ids: readonly string[], getter: Getter<T>): Promise<readonly (readonly [string, T])[]> {
  const found = await mapLimited(ids, maxRepeatsAtOnce, async (id) => {
    const value = await undefinedIfNotFound(getter.getOne(id));
    return value === undefined ? [] : [[id, value] as const];
  });
  return found.flat();
}
