import { setImmediate } from 'node:timers/promises';
import { parseOrHeaders, type ParsedOrHeaders } from '../../parser/parse-or-headers.ts';
import { storedMailLimits } from '../../parser/stored-mail-limits.ts';
import type { Mark } from '../arrival/add-messages.ts';
import { nameOfHash } from '../../store/mail/name-of-hash.ts';
import { hashOf } from '../arrival/hash-of.ts';
import type { IncomingMessage } from '../arrival/incoming.ts';
import type { ImportProblem, ImportReport } from './import-report.ts';
import { isSelectedByDate, isSelectedByLabels, nameOfSelection, type ImportSelection } from './import-selection.ts';
import type { ArchivedMessage, MailItem, MboxIdentity } from './mail-item.ts';
import { readMail } from './read-mail.ts';
import { receivedDateMs } from './received-date.ts';
import { ResumePoints, type MarkReader } from './resume-points.ts';

/** A batch is what a kill costs at most, and what an interrupted import still stores before it ends. */
const batchMessages = 1000;
const batchBytes = 32 * 1024 * 1024;

const progressEveryMs = 100;

/** What is to be read. */
export interface ReadRequest {
  /** With the bytes under each: whole paths of files and folders that are there. */
  readonly paths: readonly { readonly path: string; readonly sizeBytes: number }[];
  readonly selection: ImportSelection;
  readonly nowMs: number;
  readonly maxMessageBytes: number;
}

/** Messages to be stored together, each with where it was, and the mark to store with them. */
export interface Batch<Message> {
  readonly messages: readonly (Message & Sourced)[];
  readonly mark?: Mark;
}

interface Sourced {
  /** As in {@link ImportProblem}. */
  readonly source: string;
}

/** A message that was parsed. */
export type ReadMessage = IncomingMessage & Sourced & { readonly sha256: Buffer };

/** Messages that were read, and are parsed one after the other when they are asked for. */
export interface ReadBatch {
  readonly kind: 'batch';
  /** Of all that are not left out for their labels. */
  readonly hashes: readonly Buffer[];
  /** Names (`nameOfHash`) of those that several messages have: archives hold messages twice, mostly side by side. */
  readonly repeated: ReadonlySet<string>;
  /** The messages that are wanted. To be read to its end before the next event is taken. */
  readonly messages: AsyncIterable<ReadMessage>;
  /** Once the messages are read: the mark to store with them. */
  readonly mark: () => Mark | undefined;
}

/** What was found besides the messages to be stored. */
export interface Findings extends Pick<
  ImportReport,
  'found' | 'leftOut' | 'unreadable' | 'unreadableFiles' | 'headersOnly' | 'skippedFiles' | 'isInterrupted'
> {
  /** Messages that an earlier import stored before it was stopped: they were not read again. */
  readonly passed: number;
  /** Names of the marks that say how far mboxes were read. */
  readonly markNames: readonly string[];
}

/** How far the reading is, about ten times a second, and at its end what it found. */
export type ReadingState =
  | { readonly kind: 'progress'; readonly doneBytes: number; readonly found: number }
  | { readonly kind: 'end'; readonly doneBytes: number; readonly findings: Findings };

/**
 * Reads the mail under the paths, batch by batch. Goes on in an mbox where the mark says that an earlier import was stopped. The
 * signal ends it: the last batch is of what was read until then.
 */
export async function* readBatches(
  { paths, selection, nowMs, maxMessageBytes }: ReadRequest,
  getMark: MarkReader,
  signal?: AbortSignal,
): AsyncGenerator<ReadBatch | ReadingState> {
  const gathering = new Gathering(selection, nowMs, getMark);
  let finishedBytes = 0;
  let doneBytes = 0;
  let reportedMs = performance.now();
  /** Of the mailbox: the file is not to be called unreadable for it. */
  let failure: { readonly error: unknown } | undefined;
  const resumeAt = async (mbox: MboxIdentity): Promise<number> => {
    try {
      return await gathering.resumeAt(mbox);
    } catch (error) {
      failure = { error };
      throw error;
    }
  };
  const isStopped = (): boolean => signal?.aborted === true;
  for (const { path, sizeBytes } of paths) {
    if (isStopped()) break;
    const onBytes = (bytes: number): void => {
      doneBytes = finishedBytes + bytes;
    };
    for await (const item of readMail(path, { resumeAt, onBytes, maxMessageBytes })) {
      if (failure !== undefined) throw failure.error;
      if (gathering.take(item)) yield gathering.takeBatch();
      if (item.kind === 'mboxEnd') gathering.leaveMbox();
      if (performance.now() - reportedMs < progressEveryMs) continue;
      reportedMs = performance.now();
      yield { kind: 'progress', doneBytes, found: gathering.found };
      // Lets a signal through: reading and parsing small messages never waits for anything.
      await setImmediate();
      if (isStopped()) break;
    }
    finishedBytes += sizeBytes;
  }
  yield gathering.takeBatch();
  yield { kind: 'end', doneBytes, findings: gathering.findings(isStopped()) };
}

interface Hashed {
  readonly archived: ArchivedMessage;
  readonly sha256: Buffer;
}

function repeatedNames(hashes: readonly Buffer[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const name of hashes.map(nameOfHash)) (seen.has(name) ? repeated : seen).add(name);
  return repeated;
}

/** Gathers messages of an archive into batches, and counts what else is there. */
class Gathering {
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
  #passed = 0;
  #leftOut = 0;

  constructor(selection: ImportSelection, nowMs: number, getMark: MarkReader) {
    this.#selection = selection;
    this.#nowMs = nowMs;
    this.#resumePoints = new ResumePoints(getMark, nameOfSelection(selection));
  }

  /** Messages found so far. */
  get found(): number {
    return this.#found;
  }

  /** Where to begin in an mbox. What an earlier import read of it counts as found. */
  async resumeAt(mbox: MboxIdentity): Promise<number> {
    const point = await this.#resumePoints.enter(mbox);
    this.#found += point.found;
    this.#passed += point.found - point.unreadable.length - point.leftOut;
    this.#leftOut += point.leftOut;
    this.#unreadable.push(...point.unreadable);
    this.#headersOnly.push(...point.headersOnly);
    return point.offsetBytes;
  }

  /** Takes the next item of the archive; whether the batch is to be stored now. */
  take(item: MailItem): boolean {
    switch (item.kind) {
      case 'message':
        this.#found += 1;
        this.#batch.push(item);
        this.#batchSizeBytes += item.raw.length;
        if (item.position !== undefined) this.#resumePoints.pass(item.position);
        return this.#batch.length >= batchMessages || this.#batchSizeBytes >= batchBytes;
      case 'unreadable': {
        const problem = { source: item.source, reason: item.reason };
        this.#found += 1;
        this.#unreadable.push(problem);
        if (item.position === undefined) this.#unreadableFiles += 1;
        else this.#resumePoints.pass(item.position, problem);
        return false;
      }
      case 'skipped':
        this.#skippedFiles.push({ source: item.source, reason: item.reason });
        return false;
      case 'mboxEnd':
        // Small mboxes share a batch and need no mark; a mark that is there must not stop short of the end.
        return this.#resumePoints.hasStoredMark;
    }
  }

  /** All of the mbox was handed out, and its mark was taken. */
  leaveMbox(): void {
    this.#resumePoints.leave();
  }

  /** What was gathered. */
  takeBatch(): ReadBatch {
    const gathered = this.#batch;
    this.#batch = [];
    this.#batchSizeBytes = 0;
    const wanted: Hashed[] = [];
    for (const archived of gathered) {
      if (isSelectedByLabels(this.#selection, archived.labels)) wanted.push({ archived, sha256: hashOf(archived.raw) });
      else this.#leaveOut(archived);
    }
    const hashes = wanted.map(({ sha256 }) => sha256);
    const repeated = repeatedNames(hashes);
    return {
      kind: 'batch',
      hashes,
      repeated,
      messages: this.#parse(wanted, repeated),
      mark: () => this.#resumePoints.mark(),
    };
  }

  async *#parse(wanted: readonly Hashed[], repeated: ReadonlySet<string>): AsyncGenerator<ReadMessage> {
    const known = new Map<string, ParsedOrHeaders>();
    for (const { archived, sha256 } of wanted) {
      const { source, raw, labels, gmailThreadId, position } = archived;
      const name = nameOfHash(sha256);
      const read = known.get(name) ?? (await parseOrHeaders(raw, storedMailLimits.parsing));
      if (repeated.has(name)) known.set(name, read);
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
      const ofGmail = gmailThreadId === undefined ? {} : { gmailThreadId };
      yield { source, raw, sha256, parsed, labels, internalDateMs, ...ofGmail };
    }
  }

  findings(isInterrupted: boolean): Findings {
    return {
      found: this.#found,
      passed: this.#passed,
      leftOut: this.#leftOut,
      unreadable: this.#unreadable,
      unreadableFiles: this.#unreadableFiles,
      headersOnly: this.#headersOnly,
      skippedFiles: this.#skippedFiles,
      markNames: this.#resumePoints.markNames,
      isInterrupted,
    };
  }

  #leaveOut({ position }: ArchivedMessage): void {
    this.#leftOut += 1;
    if (position !== undefined) this.#resumePoints.noteLeftOut(position);
  }
}
