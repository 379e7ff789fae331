import * as z from 'zod';
import type { ImportProblem } from './import-report.ts';
import type { MboxIdentity, MboxPosition } from './mail-item.ts';

/** What was last stored as a mark of this name, or undefined. */
export type MarkReader = (name: string) => Promise<string | undefined>;

/** How far an mbox was read, and what was found up to there. */
export interface ResumePoint {
  readonly offsetBytes: number;
  /** Messages before the offset, those that are unreadable or left out among them. */
  readonly found: number;
  readonly leftOut: number;
  readonly unreadable: readonly ImportProblem[];
  readonly headersOnly: readonly ImportProblem[];
}

const Problem = z.object({ source: z.string(), reason: z.string() });
const StoredPoint = z.object({
  sizeBytes: z.number(),
  modifiedMs: z.number(),
  offsetBytes: z.number(),
  found: z.number(),
  leftOut: z.number().default(0),
  unreadable: z.array(Problem),
  headersOnly: z.array(Problem),
});

const beginning: ResumePoint = { offsetBytes: 0, found: 0, leftOut: 0, unreadable: [], headersOnly: [] };

/**
 * Where an import that was stopped goes on in its mboxes. A point is kept as a mark of the mailbox, stored with the
 * messages before it, and taken away when the import has read everything.
 */
export class ResumePoints {
  readonly #getMark: MarkReader;
  readonly #selectionName: string;
  readonly #storedMarks = new Set<string>();
  #mbox: MboxIdentity | undefined;
  #point = beginning;

  /** `selectionName` keeps imports that leave out other messages apart: what one passed is not what the other did. */
  constructor(getMark: MarkReader, selectionName: string) {
    this.#getMark = getMark;
    this.#selectionName = selectionName;
  }

  /** The point of an mbox that is about to be read: its beginning, unless its reading was stopped before. */
  async enter(mbox: MboxIdentity): Promise<ResumePoint> {
    this.#mbox = mbox;
    this.#point = (await this.#stored(mbox)) ?? beginning;
    return this.#point;
  }

  /** Notes that the reading has come past a message, and what was wrong with it. */
  pass({ offsetBytes }: MboxPosition, problem?: ImportProblem): void {
    const unreadable = problem === undefined ? this.#point.unreadable : [...this.#point.unreadable, problem];
    this.#point = { ...this.#point, offsetBytes, found: this.#point.found + 1, unreadable };
  }

  /** Notes that a message which was passed is not wanted. */
  noteLeftOut({ mbox }: MboxPosition): void {
    if (mbox.path !== this.#mbox?.path) return;
    this.#point = { ...this.#point, leftOut: this.#point.leftOut + 1 };
  }

  /** Notes that a message which was passed can be read only in part. */
  noteHeadersOnly({ mbox }: MboxPosition, problem: ImportProblem): void {
    if (mbox.path !== this.#mbox?.path) return;
    this.#point = { ...this.#point, headersOnly: [...this.#point.headersOnly, problem] };
  }

  /** The mark to store with the messages read so far; undefined when they are not of one mbox in the making. */
  mark(): { readonly name: string; readonly value: string } | undefined {
    if (this.#mbox === undefined) return undefined;
    const name = this.#markName(this.#mbox);
    const { sizeBytes, modifiedMs } = this.#mbox;
    this.#storedMarks.add(name);
    return { name, value: JSON.stringify({ sizeBytes, modifiedMs, ...this.#point }) };
  }

  /** Whether the mailbox holds a mark of the mbox that is being read. */
  get hasStoredMark(): boolean {
    return this.#mbox !== undefined && this.#storedMarks.has(this.#markName(this.#mbox));
  }

  /** The mbox has been read to its end. */
  leave(): void {
    this.#mbox = undefined;
  }

  /** Every mark that this import met: to be taken away when it has read everything. */
  get markNames(): readonly string[] {
    return [...this.#storedMarks];
  }

  #markName(mbox: MboxIdentity): string {
    return `import${this.#selectionName} ${mbox.path}`;
  }

  async #stored(mbox: MboxIdentity): Promise<ResumePoint | undefined> {
    const text = await this.#getMark(this.#markName(mbox));
    if (text === undefined || text === '') return undefined;
    this.#storedMarks.add(this.#markName(mbox));
    const { sizeBytes, modifiedMs, ...point } = StoredPoint.parse(JSON.parse(text));
    // Another size or time: the file has changed, and what the mark says is of its old content.
    return sizeBytes === mbox.sizeBytes && modifiedMs === mbox.modifiedMs ? point : undefined;
  }
}
