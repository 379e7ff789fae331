import { AppError } from '../../core/errors.ts';
import type { Mark } from '../arrival/add-messages.ts';
import type { AddOutcome, IncomingMessage } from '../arrival/incoming.ts';
import type { LocalMailbox } from '../open-local-mailbox.ts';
import type { ImportProblem, ImportReport } from './import-report.ts';
import type { ArchivedMessage, MailItem, MboxIdentity } from './mail-item.ts';
import { parseOrHeaders } from '../../parser/parse-or-headers.ts';
import { receivedDateMs } from './received-date.ts';
import { ResumePoints } from './resume-points.ts';

/** Parsing one message must not hold up an import of a hundred thousand. */
const parseDeadlineMs = 30_000;

/** A batch is what a kill costs at most, and what an interrupted import still stores before it ends. */
const batchMessages = 1000;
const batchBytes = 32 * 1024 * 1024;

/** One import from its first message to its report: gathers messages, stores them in batches, counts what became of them. */
export class ImportRun {
  readonly #mailbox: LocalMailbox;
  readonly #nowMs: number;
  readonly #resumePoints: ResumePoints;
  readonly #unreadable: ImportProblem[] = [];
  #unreadableFiles = 0;
  readonly #headersOnly: ImportProblem[] = [];
  readonly #skippedFiles: ImportProblem[] = [];
  #batch: ArchivedMessage[] = [];
  #batchSizeBytes = 0;
  #found = 0;
  #imported = 0;
  #duplicates = 0;

  constructor(mailbox: LocalMailbox, nowMs: number) {
    this.#mailbox = mailbox;
    this.#nowMs = nowMs;
    this.#resumePoints = new ResumePoints(mailbox);
  }

  /** Messages found so far. */
  get found(): number {
    return this.#found;
  }

  /** Where to begin in an mbox. What an earlier import read of it counts as found, and as there already. */
  async resumeAt(mbox: MboxIdentity): Promise<number> {
    const point = await this.#resumePoints.enter(mbox);
    this.#found += point.found;
    this.#duplicates += point.found - point.unreadable.length;
    this.#unreadable.push(...point.unreadable);
    this.#headersOnly.push(...point.headersOnly);
    return point.offsetBytes;
  }

  /** Takes the next item of the archive; stores the batch when it is full. Throws `UNAVAILABLE` as the mailbox does. */
  async take(item: MailItem): Promise<void> {
    switch (item.kind) {
      case 'message':
        this.#found += 1;
        this.#batch.push(item);
        this.#batchSizeBytes += item.raw.length;
        if (item.position !== undefined) this.#resumePoints.pass(item.position);
        if (this.#batch.length >= batchMessages || this.#batchSizeBytes >= batchBytes) await this.#storeBatch();
        return;
      case 'unreadable': {
        const problem = { source: item.source, reason: item.reason };
        this.#found += 1;
        this.#unreadable.push(problem);
        if (item.position === undefined) this.#unreadableFiles += 1;
        else this.#resumePoints.pass(item.position, problem);
        return;
      }
      case 'skipped':
        this.#skippedFiles.push({ source: item.source, reason: item.reason });
        return;
      case 'mboxEnd':
        // Small mboxes share a batch and need no mark; a mark that is there must not stop short of the end.
        if (this.#resumePoints.hasStoredMark) await this.#storeBatch();
        this.#resumePoints.leave();
    }
  }

  /** Stores what is left and reports. After an interruption the resume points stay for the next import. */
  async finish(isInterrupted: boolean): Promise<ImportReport> {
    await this.#storeBatch();
    if (!isInterrupted) await this.#resumePoints.clear();
    if (this.#imported > 0) await this.#mailbox.finishImport();
    return {
      found: this.#found,
      imported: this.#imported,
      duplicates: this.#duplicates,
      unreadable: this.#unreadable,
      unreadableFiles: this.#unreadableFiles,
      headersOnly: this.#headersOnly,
      skippedFiles: this.#skippedFiles,
      isInterrupted,
    };
  }

  async #storeBatch(): Promise<void> {
    const batch = this.#batch;
    this.#batch = [];
    this.#batchSizeBytes = 0;
    const messages: IncomingMessage[] = [];
    for (const archived of batch) {
      const { parsed, problem } = await parseOrHeaders(archived.raw, { deadlineMs: parseDeadlineMs });
      const { source, raw, labels, gmailThreadId, position } = archived;
      if (problem !== undefined) {
        this.#headersOnly.push({ source, reason: problem });
        if (position !== undefined) this.#resumePoints.noteHeadersOnly(position, { source, reason: problem });
      }
      const internalDateMs = receivedDateMs({ ...archived, parsed, nowMs: this.#nowMs });
      messages.push({ raw, parsed, labels, internalDateMs, ...(gmailThreadId === undefined ? {} : { gmailThreadId }) });
    }
    this.#count(await this.#add(messages, this.#resumePoints.mark()), batch);
  }

  /**
   * Adds a batch. A message that makes the mailbox fail is left out of it, with the reason, so that it cannot stand in
   * the way of all others for ever; a mailbox that cannot be written (`UNAVAILABLE`) ends the import.
   */
  async #add(messages: readonly IncomingMessage[], mark: Mark | undefined): Promise<readonly (AddOutcome | Error)[]> {
    const options = mark === undefined ? {} : { mark };
    try {
      return await this.#mailbox.addMessages(messages, options);
    } catch (error) {
      if (error instanceof AppError) throw error;
      const outcomes: (AddOutcome | Error)[] = [];
      for (const message of messages) outcomes.push(...(await this.#addAlone(message)));
      await this.#mailbox.addMessages([], options);
      return outcomes;
    }
  }

  async #addAlone(message: IncomingMessage): Promise<readonly (AddOutcome | Error)[]> {
    try {
      return await this.#mailbox.addMessages([message]);
    } catch (error) {
      if (error instanceof AppError || !(error instanceof Error)) throw error;
      return [error];
    }
  }

  #count(outcomes: readonly (AddOutcome | Error)[], batch: readonly ArchivedMessage[]): void {
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome instanceof Error) {
        const source = batch[index]?.source ?? '';
        this.#unreadable.push({ source, reason: `the mailbox cannot take it: ${outcome.message}` });
      } else if (outcome.kind === 'added') this.#imported += 1;
      else this.#duplicates += 1;
    }
  }
}
