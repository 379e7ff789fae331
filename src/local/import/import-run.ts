import type { Mark } from '../arrival/add-messages.ts';
import type { AddOutcome, IncomingMessage, ReadyMessage } from '../arrival/incoming.ts';
import { RefusedContent } from '../../store/refused-content.ts';
import type { ImportProblem, ImportReport } from './import-report.ts';
import type { ImportTarget } from './import-target.ts';
import { ImportTally } from './import-tally.ts';
import type { Batch, Findings, ReadBatch } from './read-batches.ts';
import type { ReadyBatch } from './ready-batch.ts';

type Incoming = IncomingMessage | ReadyMessage;
type Message = Batch<Incoming>['messages'][number];

/** One import from its first batch to its report: stores batches, and counts what became of their messages. */
export class ImportRun {
  readonly #target: ImportTarget;
  readonly #tally: ImportTally;
  readonly #refused: ImportProblem[] = [];
  #duplicates = 0;

  /** `timeZone` (IANA name) is where the years of the report begin. */
  constructor(target: ImportTarget, timeZone: string) {
    this.#target = target;
    this.#tally = new ImportTally(timeZone);
  }

  /** Stores a batch. Throws `UNAVAILABLE` as the mailbox does. */
  async store(batch: ReadBatch | ReadyBatch): Promise<void> {
    const { messages, mark } = batch.kind === 'ready' ? batch : await parsed(batch);
    if (batch.kind === 'ready') {
      this.#duplicates += batch.duplicates;
      for (const { source, reason } of batch.refused) this.#refuse(source, reason);
    }
    const outcomes = await this.#add(messages, mark);
    for (const [index, message] of messages.entries()) {
      const outcome = outcomes[index];
      if (outcome instanceof RefusedContent) this.#refuse(message.source, outcome.message);
      else if (outcome?.kind === 'added') this.#tally.add(message);
      else this.#duplicates += 1;
    }
  }

  /** Ends the import and reports. After an interruption the resume points stay for the next one. */
  async finish({ markNames, passed, unreadable, ...findings }: Findings): Promise<ImportReport> {
    if (!findings.isInterrupted) {
      for (const name of markNames) await this.#target.addMessages([], { mark: { name, value: '' } });
    }
    const totals = this.#tally.totals();
    if (totals.imported > 0) await this.#target.finishImport();
    return {
      ...findings,
      ...totals,
      duplicates: this.#duplicates + passed,
      unreadable: [...unreadable, ...this.#refused],
    };
  }

  #refuse(source: string, reason: string): void {
    this.#refused.push({ source, reason: `the mailbox cannot take it: ${reason}` });
  }

  /**
   * Adds a batch. A message that the mailbox refuses is left out of it, with the reason, so that it cannot stand in the way
   * of all others for ever. Whatever else fails ends the import: a mailbox that cannot be written, and a fault of ours.
   */
  async #add(messages: readonly Message[], mark: Mark | undefined): Promise<readonly (AddOutcome | RefusedContent)[]> {
    const options = mark === undefined ? {} : { mark };
    try {
      return await this.#target.addMessages(messages, options);
    } catch (error) {
      if (!(error instanceof RefusedContent)) throw error;
      const outcomes: (AddOutcome | RefusedContent)[] = [];
      for (const message of messages) outcomes.push(...(await this.#addAlone(message)));
      await this.#target.addMessages([], options);
      return outcomes;
    }
  }

  async #addAlone(message: Message): Promise<readonly (AddOutcome | RefusedContent)[]> {
    try {
      return await this.#target.addMessages([message]);
    } catch (error) {
      if (!(error instanceof RefusedContent)) throw error;
      return [error];
    }
  }
}

async function parsed(batch: ReadBatch): Promise<Batch<Incoming>> {
  const messages: Message[] = [];
  for await (const message of batch.messages) messages.push(message);
  const mark = batch.mark();
  return { messages, ...(mark === undefined ? {} : { mark }) };
}
