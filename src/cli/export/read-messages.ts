import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import type { Operation } from '../../operations/kernel/operation.ts';
import { listLabels } from '../../operations/labels/list-labels.ts';
import { readMessage, readRawMessage } from '../../operations/messages/read-message.ts';
import { searchMessages } from '../../operations/messages/search-messages.ts';
import type { Assembly } from '../../server/assemble.ts';
import { invokeAsOwner, valueFor } from '../as-owner.ts';
import type { ExportedMessage } from './exported-message.ts';

/** Which messages are exported. */
export interface Selection {
  readonly account?: string;
  readonly q?: string;
  readonly includeSpamTrash: boolean;
}

const pageSize = 100;
const hit = z.object({
  id: z.string(),
  threadId: z.string(),
  internalDate: z.string(),
  labelIds: z.array(z.string()).readonly(),
});
type Hit = z.output<typeof hit>;
const page = z.object({ messages: z.array(hit), nextPageToken: z.string().optional() });
const labels = z.object({
  labels: z.array(z.object({ id: z.string(), name: z.string(), type: z.enum(['system', 'user']) })),
});

/** Calls the operations that every client has, as whoever sits at this shell. */
export class MessageReader {
  readonly #assembly: Assembly;
  readonly #selection: Selection;
  readonly #signal: AbortSignal;

  constructor(assembly: Assembly, selection: Selection, signal: AbortSignal) {
    this.#assembly = assembly;
    this.#selection = selection;
    this.#signal = signal;
  }

  /** The messages selected, the newest first, with their bytes. Those that go meanwhile are left out. */
  async *withBytes(): AsyncGenerator<ExportedMessage> {
    const names = await this.#labelNames();
    for await (const { id, threadId, internalDate, labelIds } of this.#hits()) {
      const answer = await this.#orGone(readRawMessage, { id });
      if (answer?.kind !== 'file') continue;
      yield {
        id,
        threadId,
        internalDateMs: Number(internalDate),
        raw: answer.file.content,
        systemLabels: labelIds.filter((label) => !names.has(label)),
        labelNames: labelIds.flatMap((label) => names.get(label) ?? []),
      };
    }
  }

  /** The messages selected as `read_message` returns them, whole. */
  async *asValues(): AsyncGenerator {
    for await (const { id } of this.#hits()) {
      const answer = await this.#orGone(readMessage, { id, maxChars: 1_000_000, history: 'full' });
      if (answer?.kind === 'json') yield answer.value;
    }
  }

  async *#hits(): AsyncGenerator<Hit> {
    const { q, includeSpamTrash } = this.#selection;
    let pageToken: string | undefined;
    do {
      const { messages, nextPageToken } = await valueFor(
        this.#assembly,
        searchMessages,
        page,
        this.#input({
          ...(q === undefined ? {} : { q }),
          includeSpamTrash,
          maxResults: pageSize,
          ...(pageToken === undefined ? {} : { pageToken }),
        }),
        { signal: this.#signal },
      );
      yield* messages;
      pageToken = nextPageToken;
    } while (pageToken !== undefined);
  }

  async #labelNames(): Promise<ReadonlyMap<string, string>> {
    const all = await valueFor(this.#assembly, listLabels, labels, this.#input({}), { signal: this.#signal });
    return new Map(all.labels.filter(({ type }) => type === 'user').map(({ id, name }) => [id, name]));
  }

  async #orGone(operation: Operation, input: object) {
    try {
      return await invokeAsOwner(this.#assembly, operation, this.#input(input), { signal: this.#signal });
    } catch (error) {
      if (error instanceof AppError && error.code === 'NOT_FOUND') return undefined;
      throw error;
    }
  }

  #input(fields: object): object {
    const { account } = this.#selection;
    return account === undefined ? fields : { ...fields, account };
  }
}
