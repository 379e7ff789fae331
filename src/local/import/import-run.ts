import { hashOf, type Mark } from '../arrival/add-messages.ts';
import type { AddOutcome, IncomingMessage } from '../arrival/incoming.ts';
import type { ImportProblem, ImportReport } from './import-report.ts';
import { isSelectedByDate, isSelectedByLabels, nameOfSelection, type ImportSelection } from './import-selection.ts';
import type { ImportTarget } from './import-target.ts';
import { ImportTally } from './import-tally.ts';
import type { ArchivedMessage, MailItem, MboxIdentity } from './mail-item.ts';
import { parseOrHeaders, type ParsedOrHeaders } from '../../parser/parse-or-headers.ts';
import { storedMailLimits } from '../../parser/stored-mail-limits.ts';
import { RefusedContent } from '../../store/refused-content.ts';
import { receivedDateMs } from './received-date.ts';
import { ResumePoints } from './resume-points.ts';

/** A batch is what a kill costs at most, and what an interrupted import still stores before it ends. */
const batchMessages = 1000;
const batchBytes = 32 * 1024 * 1024;

export interface ImportRunOptions {
  readonly target: ImportTarget;
  readonly selection: ImportSelection;
  readonly nowMs: number;
  /** IANA name: where the years of the report begin. */
  readonly timeZone: string;
}

/** One import from its first message to its report: gathers messages, stores them in batches, counts what became of them. */
export class ImportRun {
  readonly #target: ImportTarget;
  readonly #selection: ImportSelection;
  readonly #nowMs: number;
  readonly #resumePoints: ResumePoints;
  readonly #unreadable: ImportProblem[] = [];
  #unreadableFiles = 0;
  readonly #headersOnly: ImportProblem[] = [];
  readonly #skippedFiles: ImportProblem[] = [];
  #batch: ArchivedMessage[] = [];
  #batchSizeBytes = 0;
  #found = 0;
  #duplicates = 0;
  #leftOut = 0;
  readonly #tally: ImportTally;

  constructor({ target, selection, nowMs, timeZone }: ImportRunOptions) {
    this.#target = target;
    this.#selection = selection;
    this.#nowMs = nowMs;
    this.#tally = new ImportTally(timeZone);
    this.#resumePoints = new ResumePoints(target, nameOfSelection(selection));
  }

  /** Messages found so far. */
  get found(): number {
    return this.#found;
  }

  /** Where to begin in an mbox. What an earlier import read of it counts as found, and as there already. */
  async resumeAt(mbox: MboxIdentity): Promise<number> {
    const point = await this.#resumePoints.enter(mbox);
    this.#found += point.found;
    this.#duplicates += point.found - point.unreadable.length - point.leftOut;
    this.#leftOut += point.leftOut;
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
    const { imported, years, labels } = this.#tally.totals();
    if (imported > 0) await this.#target.finishImport();
    return {
      found: this.#found,
      imported,
      duplicates: this.#duplicates,
      leftOut: this.#leftOut,
      unreadable: this.#unreadable,
      unreadableFiles: this.#unreadableFiles,
      headersOnly: this.#headersOnly,
      skippedFiles: this.#skippedFiles,
      years,
      labels,
      isInterrupted,
    };
  }

  async #storeBatch(): Promise<void> {
    const batch = this.#batch;
    this.#batch = [];
    this.#batchSizeBytes = 0;
    const messages: IncomingMessage[] = [];
    const sources: string[] = [];
    /** Archives hold messages twice, mostly side by side: one of them is parsed. */
    const known = new Map<string, ParsedOrHeaders>();
    for (const archived of batch) {
      if (!isSelectedByLabels(this.#selection, archived.labels)) {
        this.#leaveOut(archived);
        continue;
      }
      const { source, raw, labels, gmailThreadId, position } = archived;
      const sha256 = hashOf(raw);
      const name = sha256.toString('latin1');
      const read = known.get(name) ?? (await parseOrHeaders(raw, storedMailLimits.parsing));
      known.set(name, read);
      const { parsed, problem } = read;
      const internalDateMs = receivedDateMs({ ...archived, parsed, nowMs: this.#nowMs });
      if (!isSelectedByDate(this.#selection, internalDateMs)) {
        this.#leaveOut(archived);
        continue;
      }
      if (problem !== undefined) {
        this.#headersOnly.push({ source, reason: problem });
        if (position !== undefined) this.#resumePoints.noteHeadersOnly(position, { source, reason: problem });
      }
      sources.push(source);
      messages.push({
        raw,
        sha256,
        parsed,
        labels,
        internalDateMs,
        ...(gmailThreadId === undefined ? {} : { gmailThreadId }),
      });
    }
    this.#count(await this.#add(messages, this.#resumePoints.mark()), messages, sources);
  }

  #leaveOut({ position }: ArchivedMessage): void {
    this.#leftOut += 1;
    if (position !== undefined) this.#resumePoints.noteLeftOut(position);
  }

  /**
   * Adds a batch. A message that the mailbox refuses is left out of it, with the reason, so that it cannot stand in the way
   * of all others for ever. Whatever else fails ends the import: a mailbox that cannot be written, and a fault of ours.
   */
  async #add(
    messages: readonly IncomingMessage[],
    mark: Mark | undefined,
  ): Promise<readonly (AddOutcome | RefusedContent)[]> {
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

  async #addAlone(message: IncomingMessage): Promise<readonly (AddOutcome | RefusedContent)[]> {
    try {
      return await this.#target.addMessages([message]);
    } catch (error) {
      if (!(error instanceof RefusedContent)) throw error;
      return [error];
    }
  }

  #count(
    outcomes: readonly (AddOutcome | RefusedContent)[],
    messages: readonly IncomingMessage[],
    sources: readonly string[],
  ): void {
    for (const [index, message] of messages.entries()) {
      const outcome = outcomes[index];
      if (outcome instanceof RefusedContent) {
        const source = sources[index] ?? '';
        this.#unreadable.push({ source, reason: `the mailbox cannot take it: ${outcome.message}` });
      } else if (outcome?.kind === 'added') this.#tally.add(message);
      else this.#duplicates += 1;
    }
  }
}
