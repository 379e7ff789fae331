import { currentContext } from '../../core/context.ts';
import { logOf } from '../../core/telemetry/log.ts';
import type { ReadHistory } from '../../gmail/account-observer.ts';
import { createSingleFlight } from '../../gmail/reading/single-flight.ts';
import type { HistoryRecord } from '../../mail/mailbox.ts';
import { isLater } from '../../store/feed/history-ids.ts';
import type { MailWriter } from '../../store/mail/mail-store.ts';
import { applyRecords, idsIn, wantedIds } from './apply-records.ts';
import { fetchedAtOnce, mirrorFiller, type FillParts, type MirrorFiller } from './fill-mirror.ts';
import { forgetChangedDrafts, keptDrafts } from './kept-drafts.ts';
import { forgetKept, readKept, writeKept, type Kept, type KeptKind } from './kept-values.ts';
import { hasUnnamedLabel, putLabels } from './mirror-labels.ts';
import {
  makeVerifiedDue,
  readMirrorState,
  readVerified,
  writeMirrorState,
  writeVerified,
  type MirrorState,
  type Verified,
} from './mirror-state.ts';
import { beginOwnWrite, endOwnWrite, type OwnWrite } from './own-writes.ts';
import { prepareAll, putAll, type PreparedSource } from './put-messages.ts';
import { readLabels, setLabels } from './relabel.ts';
import { repairMirror } from './repair-mirror.ts';

/** What a mirror stands on. */
export interface MirrorParts extends FillParts {
  readonly account: string;
  /** Told of history that was read, when the mirror has it. */
  readonly onHistory: (history: ReadHistory) => Promise<void>;
  /** Told that the history before this id is lost. */
  readonly onHistoryLost: (historyId: string) => Promise<void>;
}

/** A live account's mail in a store of ours, with Gmail's ids. Any number of processes may have it open. */
export interface Mirror extends MirrorFiller {
  state(): Promise<MirrorState | undefined>;
  /** When it was last found to be what the mailbox is. */
  verified(): Promise<Verified>;
  /** The labels of those of these messages that it has, by message id. */
  labelsOf(ids: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
  /**
   * Brings it up to what the mailbox is now, as far as it has come: one question, and the messages that are new. A history
   * that Gmail no longer has leads to a comparison of all ids and labels. Throws as the channel does.
   */
  follow(): Promise<void>;
  /** Reads the account's labels. */
  followLabels(): Promise<void>;

  /** What is kept of a kind of things that are no messages, or undefined. */
  kept<T>(kind: KeptKind<T>): Promise<Kept<T> | undefined>;
  /** Reads a thing and keeps it, unless a change of ours came in between. */
  keep<T>(kind: KeptKind<T>, read: () => Promise<T>): Promise<T>;
  /** Has things read again, as after a change of ours. */
  forget(kinds: readonly Pick<KeptKind<unknown>, 'name'>[]): Promise<void>;

  /** To be called before a change is sent to Gmail. */
  beginWrite(): Promise<OwnWrite>;
  /**
   * To be called when a change was made: `apply` shows it at once, unless something else came in between, which may be later
   * than it: then the next read asks the history first.
   */
  endWrite(write: OwnWrite, apply?: (rows: MailWriter) => Promise<void>): Promise<void>;
  /** Fetches messages that a change of ours has made. */
  take(ids: readonly string[]): Promise<void>;
}

/** A piece of history to be applied. */
interface Piece {
  readonly records: readonly HistoryRecord[];
  readonly historyId: string;
  /** When it was asked for, where it reaches up to what the mailbox was then. */
  readonly verifiedMs: number | undefined;
}

/** After so many tries in vain, changes of ours are no longer shown before the history has told of them. */
const quietTries = 5;
const log = logOf('gmail');

/** The mirror of one account. */
export function createMirror(parts: MirrorParts): Mirror {
  const { account, store, source, spamTrash, now } = parts;
  const share = createSingleFlight();
  const state = () => store.once(readMirrorState);

  async function missing(ids: readonly string[]): Promise<readonly string[]> {
    const known = new Set((await store.once((rows) => rows.messages.targets(ids))).map(({ id }) => id));
    return ids.filter((id) => !known.has(id));
  }

  /** Fetches messages, and stores them as they come. */
  async function fetchAndPut(ids: readonly string[]): Promise<void> {
    for (let start = 0; start < ids.length; start += fetchedAtOnce) {
      // Others may have fetched some meanwhile, and some may change while they are fetched.
      let absent = await missing(ids.slice(start, start + fetchedAtOnce));
      while (absent.length > 0) {
        const from = (await state())?.historyId ?? '0';
        const changed: string[] = [];
        await source().fetch(absent, async (messages) => {
          const prepared = await prepareAll(store, account, messages, currentContext()?.signal);
          changed.push(...(await store.write((rows) => putAll(rows, prepared, from))));
        });
        absent = changed;
      }
    }
  }

  const filler = mirrorFiller(parts, { missing, fetchAndPut });

  async function follow(): Promise<void> {
    let again = 0;
    for (let tries = 1; ; tries += 1) {
      if (tries > quietTries) await store.write(makeVerifiedDue);
      const known = await state();
      if (known === undefined) return;
      const askedMs = now();
      const page = await source().history(known.historyId);
      if (page === undefined) {
        log.warn('the history of a mirrored account is lost; the mirror is compared with the account', { account });
        await parts.onHistoryLost(await repairMirror(known, { store, source: source(), spamTrash, now }));
        return;
      }
      const verifiedMs = page.isComplete ? askedMs : undefined;
      const isApplied = await apply(known, { ...page, verifiedMs });
      if (!isApplied) continue;
      tries = 0;
      // No history says what a label is called, or that there is none any more: whoever is told next may ask for it.
      if (await store.once(hasUnnamedLabel)) await followLabels();
      const { records, historyId: to } = page;
      await parts.onHistory({ from: known.historyId, to, records, readMs: askedMs });
      if (!page.isComplete) continue;
      // Whoever waits for this may have made a change after the question.
      again += 1;
      if (again > quietTries || !(await store.once(readVerified)).isDue) break;
    }
    await followDrafts();
  }

  /** Reads the list of drafts where it has changed. */
  async function followDrafts(): Promise<void> {
    if ((await kept(keptDrafts)) === undefined) await keep(keptDrafts, () => source().drafts());
  }

  const kept = <T>(kind: KeptKind<T>) => store.once((rows) => readKept(rows, kind));

  async function keep<T>(kind: KeptKind<T>, read: () => Promise<T>): Promise<T> {
    const before = await state();
    const readMs = now();
    const value = await read();
    await store.write(async (rows) => {
      const current = await readMirrorState(rows);
      if (current === undefined || current.writes !== before?.writes) return;
      await writeKept(rows, kind, { readMs, value });
    });
    return value;
  }

  /** False, and nothing changed, where another process has gone on, or a change of ours that the piece might take back. */
  async function apply(known: MirrorState, { records, historyId, verifiedMs }: Piece): Promise<boolean> {
    const there = new Set((await store.once((rows) => rows.messages.targets(idsIn(records)))).map(({ id }) => id));
    if (known.phase !== 'full') {
      const isFilling = known.phase === 'filling';
      // As they come: what is too much for the time or the quota of one try is not lost with it.
      await fetchAndPut(wantedIds(records, { known: there, spamTrash, isFilling }));
    }
    // Gmail says of some changes only which messages they are about.
    const silent = [...new Set(records.flatMap(({ messages = [] }) => messages.map(({ id }) => id)))];
    const prepared: PreparedSource[] = [];
    if (known.phase !== 'full') {
      await source().fetch(silent, async (messages) => {
        prepared.push(...(await prepareAll(store, account, messages, currentContext()?.signal)));
      });
    }
    return store.write(async (rows) => {
      const current = await readMirrorState(rows);
      if (current === undefined) return false;
      // Whatever else: what was fetched is not fetched again.
      await putAll(rows, prepared, known.historyId);
      if (current.historyId !== known.historyId) return false;
      if (current.shown !== known.shown) return false;
      if (records.length > 0) {
        await applyRecords(rows, records);
        await forgetChangedDrafts(rows, records);
        for (const { source } of prepared) {
          if (!there.has(source.id)) continue;
          await setLabels(rows, source.id, source.labelIds, source.historyId);
        }
      }
      if (isLater(historyId, current.historyId)) await writeMirrorState(rows, { ...current, historyId });
      if (verifiedMs !== undefined) {
        const { isDue } = await readVerified(rows);
        await writeVerified(rows, verifiedMs);
        // A change of ours that ended after the question may not be in the answer.
        if (isDue && current.writes !== known.writes) await makeVerifiedDue(rows);
      }
      return true;
    });
  }

  async function followLabels(): Promise<void> {
    const labels = await source().labels();
    await store.write((rows) => putLabels(rows, labels));
  }

  return {
    state,
    verified: () => store.once(readVerified),
    labelsOf: (ids) => store.once((rows) => readLabels(rows, ids)),
    follow: () => share('follow', follow),
    ...filler,
    followLabels,
    kept,
    keep,
    forget: (kinds) =>
      store.write(async (rows) => {
        const known = await readMirrorState(rows);
        if (known !== undefined) await writeMirrorState(rows, { ...known, writes: known.writes + 1 });
        for (const kind of kinds) await forgetKept(rows, kind);
      }),
    beginWrite: () => store.write((rows) => beginOwnWrite(rows, now())),
    endWrite: (write, show) => store.write((rows) => endOwnWrite(rows, write, { nowMs: now(), show })),
    async take(ids) {
      if ((await state()) !== undefined) await fetchAndPut(ids);
    },
  };
}
