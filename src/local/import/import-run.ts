import type { IncomingMessage } from '../incoming.ts';
import type { LocalMailbox } from '../open-local-mailbox.ts';
import type { ImportProblem, ImportReport } from './import-report.ts';
import type { ArchivedMessage, MailItem, MboxIdentity } from './mail-item.ts';
import { parseOrHeaders } from './parse-or-headers.ts';
import { receivedDateMs } from './received-date.ts';
import { ResumePoints } from './resume-points.ts';

/** A batch is what a kill costs at most, and what an interrupted import still stores before it ends. */
const batchMessages = 2000;
const batchBytes = 32 * 1024 * 1024;

/** One import from its first message to its report: gathers messages, stores them in batches, counts what became of them. */
export class ImportRun {
  readonly #mailbox: LocalMailbox;
  readonly #nowMs: number;
  readonly #resumePoints: ResumePoints;
  readonly #unreadable: ImportProblem[] = [];
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
  resumeAt(mbox: MboxIdentity): number {
    const point = this.#resumePoints.enter(mbox);
    this.#found += point.found;
    this.#duplicates += point.found - point.unreadable.length;
    this.#unreadable.push(...point.unreadable);
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
        if (item.position !== undefined) this.#resumePoints.pass(item.position, problem);
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
    if (!isInterrupted) this.#resumePoints.clear();
    if (this.#imported > 0) this.#mailbox.finishImport();
    return {
      found: this.#found,
      imported: this.#imported,
      duplicates: this.#duplicates,
      unreadable: this.#unreadable,
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
      const { parsed, problem } = await parseOrHeaders(archived.raw);
      if (problem !== undefined) this.#headersOnly.push({ source: archived.source, reason: problem });
      const { raw, labels, gmailThreadId } = archived;
      const internalDateMs = receivedDateMs({ ...archived, parsed, nowMs: this.#nowMs });
      messages.push({ raw, parsed, labels, internalDateMs, ...(gmailThreadId === undefined ? {} : { gmailThreadId }) });
    }
    const mark = this.#resumePoints.mark();
    const outcomes = this.#mailbox.addMessages(messages, mark === undefined ? {} : { mark });
    for (const { kind } of outcomes) {
      if (kind === 'added') this.#imported += 1;
      else this.#duplicates += 1;
    }
  }
}
