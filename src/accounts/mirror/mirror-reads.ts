import { currentContext, runInContext } from '../../core/context.ts';
import { AppError, type ErrorCode } from '../../core/errors.ts';
import { metrics } from '../../core/telemetry/metrics.ts';
import type { Mirror } from './mirror.ts';
import { mirrorViewer, type MirrorView } from './mirror-view.ts';

/** The ways in which a mirrored account is read; each notes in the call where it was served from. */
export interface MirrorReads {
  /** See {@link MirrorView}; undefined where there is no mirror yet. */
  look(freshSinceMs?: number): Promise<MirrorView | undefined>;
  /** From the mirror. */
  here<T>(view: Pick<MirrorView, 'asOfMs' | 'unverified' | 'missing'>, read: () => Promise<T>): Promise<T>;
  /** From Google. */
  live<T>(view: MirrorView | undefined, read: () => Promise<T>): Promise<T>;
  /** From Google, as the mirror lacks some of it; while Google cannot be reached, what is there. */
  either<T>(view: MirrorView, here: () => Promise<T>, there: () => Promise<T>): Promise<T>;
  /** From the mirror where it has all that was asked for, else as {@link either}. */
  whole<T>(here: () => Promise<T>, there: () => Promise<T>): Promise<T>;
  /** From the mirror where it has a thing (`here` throws `NOT_FOUND` where not), else from Google. */
  single<T>(here: () => Promise<T>, there: () => Promise<T>): Promise<T>;
  /** What could not be asked of Google. Throws every error that is no reason to serve what is old. */
  missed(error: unknown): ErrorCode;
  /** Whether nobody waits for Google now. */
  isOffline(): boolean;
}

/** How long a read of what the mirror has only in part waits for Google. */
const livePatienceMs = 15_000;

const reads = metrics.counter(
  'gmail_llm_mirror_reads_total',
  'Reads of a mirrored account, by where they were served from.',
  ['source'],
);

/** The reads of one account in this process. */
export function mirrorReads(parts: {
  readonly account: string;
  readonly mirror: Mirror;
  /** How many messages are in the mirror. */
  readonly stored: () => Promise<number>;
  readonly now: () => number;
}): MirrorReads {
  const { now } = parts;
  const viewer = mirrorViewer(parts);

  function note(source: 'mirror' | 'google', view: Parameters<MirrorReads['here']>[0] | undefined): void {
    reads.add({ source });
    const { asOfMs = 0, unverified, missing = 0 } = view ?? {};
    const isUnverified = source === 'mirror' && unverified !== undefined;
    currentContext()?.reads?.note({
      source,
      asOfMs: source === 'google' ? now() : asOfMs,
      ...(isUnverified ? { unverified } : {}),
      missing,
    });
  }

  async function here<T>(view: Parameters<MirrorReads['here']>[0], read: () => Promise<T>): Promise<T> {
    const found = await read();
    note('mirror', view);
    return found;
  }

  async function live<T>(view: MirrorView | undefined, read: () => Promise<T>): Promise<T> {
    try {
      const found = await read();
      note('google', view);
      return found;
    } finally {
      viewer.passed();
    }
  }

  function missed(error: unknown): ErrorCode {
    if (!(error instanceof AppError) || error.code !== 'UNAVAILABLE') throw error;
    currentContext()?.signal?.throwIfAborted();
    viewer.missed();
    return error.code;
  }

  async function either<T>(view: MirrorView, read: () => Promise<T>, there: () => Promise<T>): Promise<T> {
    if (viewer.isOffline()) return here({ unverified: 'UNAVAILABLE', ...view }, read);
    const context = { requestId: 'mirror', transport: 'job', ...currentContext() } as const;
    const deadlineMs = Math.min(context.deadlineMs ?? Infinity, performance.now() + livePatienceMs);
    try {
      return await runInContext({ ...context, deadlineMs }, () => live(view, there));
    } catch (error) {
      return here({ ...view, unverified: missed(error) }, read);
    }
  }

  async function orLive<T>(view: MirrorView, read: () => Promise<T>, there: () => Promise<T>): Promise<T> {
    try {
      return await here(view, read);
    } catch (error) {
      // Not among what is mirrored, such as trash.
      if (!(error instanceof AppError) || error.code !== 'NOT_FOUND') throw error;
    }
    return live(view, there);
  }

  return {
    look: (freshSinceMs) => viewer.look(freshSinceMs),
    here,
    live,
    either,
    async whole(read, there) {
      const view = await viewer.look();
      if (view === undefined) return live(view, there);
      return view.isWhole ? orLive(view, read, there) : either(view, read, there);
    },
    async single(read, there) {
      const view = await viewer.look();
      return view === undefined ? live(view, there) : orLive(view, read, there);
    },
    missed,
    isOffline: () => viewer.isOffline(),
  };
}
