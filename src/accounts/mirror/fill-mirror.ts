import { AppError } from '../../core/errors.ts';
import type { MirrorSource } from '../../gmail/reading/mirror-source.ts';
import type { MailStore } from '../../store/mail/mail-store.ts';
import { putLabels } from './mirror-labels.ts';
import { atStart, readMirrorState, writeMirrorState, type MirrorState } from './mirror-state.ts';

/** What filling a mirror stands on. */
export interface FillParts {
  readonly store: MailStore;
  readonly source: () => MirrorSource;
  /** Whether spam and trash are mirrored too. */
  readonly spamTrash: boolean;
  /** How much more may be stored. */
  readonly bytesLeft: () => Promise<number>;
  readonly now: () => number;
}

/** Fetches the messages of a mirror from the account. */
interface MirrorFetch {
  /** Those of these messages that the mirror does not have. */
  readonly missing: (ids: readonly string[]) => Promise<readonly string[]>;
  /** Fetches messages, and stores them as they come. */
  readonly fetchAndPut: (ids: readonly string[]) => Promise<void>;
}

/** Brings a mirror the mail that it lacks. */
export interface MirrorFiller {
  /** Fetches what is missing, newest first, until nothing is or `isEnough` says so. Begins a mirror that is not there. */
  fill(isEnough: () => boolean): Promise<void>;
  /** Has a mirror that had reached its bound go on where there is room again; false where there is none. */
  resume(): Promise<boolean>;
}

/** Messages that are fetched and stored together. */
export const fetchedAtOnce = 40;
/** Room that a full mirror goes on with. */
const resumedBytes = 5_000_000;
/** Where little room is left, few at a time: a message may have 25 MB. */
const nearlyFullBytes = 50_000_000;
const fetchedNearlyFull = 4;

/** Begins a mirror, and fetches what it lacks until it is complete or full. */
export function mirrorFiller(parts: FillParts, { missing, fetchAndPut }: MirrorFetch): MirrorFiller {
  const { store, source, spamTrash, now, bytesLeft } = parts;
  const state = () => store.once(readMirrorState);

  async function begin(): Promise<void> {
    // Before anything is listed: what happens meanwhile is in the history.
    const { historyId, messagesTotal } = await source().profile();
    const labels = await source().labels();
    await store.write(async (rows) => {
      if ((await readMirrorState(rows)) !== undefined) return;
      await putLabels(rows, labels);
      await writeMirrorState(rows, {
        phase: 'filling',
        historyId,
        writes: 0,
        open: {},
        shown: 0,
        total: messagesTotal,
        startedMs: now(),
        startedWith: 0,
      });
    });
  }

  /** Changes the state; undefined, and nothing changed, where `change` says that there is nothing to change. */
  function update(change: (known: MirrorState) => MirrorState | undefined): Promise<void> {
    return store.write(async (rows) => {
      const known = await readMirrorState(rows);
      const changed = known === undefined ? undefined : change(known);
      if (changed !== undefined) await writeMirrorState(rows, changed);
    });
  }

  async function fill(isEnough: () => boolean): Promise<void> {
    if ((await state()) === undefined) await begin();
    while (!isEnough()) {
      const known = await state();
      if (known?.phase !== 'filling') return;
      const page = await listPage(known.pageToken);
      if (page === undefined) {
        await update(atStart);
        continue;
      }
      const ids = await missing(page.ids);
      for (let start = 0; start < ids.length;) {
        const left = await bytesLeft();
        if (left <= 0) {
          await update((current) => ({ ...current, phase: 'full' }));
          return;
        }
        const end = start + (left < nearlyFullBytes ? fetchedNearlyFull : fetchedAtOnce);
        await fetchAndPut(ids.slice(start, end));
        start = end;
        if (isEnough()) return;
      }
      await update((current) => {
        if (current.phase !== 'filling' || current.pageToken !== known.pageToken) return undefined;
        const rest = atStart(current);
        if (page.nextPageToken !== undefined) return { ...rest, pageToken: page.nextPageToken };
        return { ...rest, phase: 'complete', filledMs: now() };
      });
    }
  }

  /** A page of Gmail's list, or undefined where its token has gone stale. */
  async function listPage(pageToken: string | undefined) {
    try {
      return await source().list({
        includeSpamTrash: spamTrash,
        ...(pageToken === undefined ? {} : { pageToken }),
      });
    } catch (error) {
      if (pageToken !== undefined && error instanceof AppError && error.code === 'INVALID_INPUT') return undefined;
      throw error;
    }
  }

  async function resume(): Promise<boolean> {
    if ((await bytesLeft()) < resumedBytes) return false;
    await update((known) => (known.phase === 'full' ? { ...atStart(known), phase: 'filling' } : undefined));
    return true;
  }

  return { fill, resume };
}
