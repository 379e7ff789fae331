import type { MirrorSource } from '../../gmail/reading/mirror-source.ts';
import type { MailStore } from '../../store/mail/mail-store.ts';
import { deleteIds } from './apply-records.ts';
import { compareAll } from './compare-all.ts';
import { keptDrafts } from './kept-drafts.ts';
import { forgetKept } from './kept-values.ts';
import { putLabels } from './mirror-labels.ts';
import { readMirrorState, writeMirrorState, type MirrorState } from './mirror-state.ts';
import { hasLabels, setLabels } from './relabel.ts';

interface RepairParts {
  readonly store: MailStore;
  readonly source: MirrorSource;
  /** Whether spam and trash are mirrored too. */
  readonly spamTrash: boolean;
  readonly now: () => number;
}

/**
 * Compares a mirror with its account by ids and by labels, and has it go on from the history id that is returned; what is
 * missing is fetched as in a mirror that is filled. Throws as the channel does.
 */
export async function repairMirror(
  known: MirrorState,
  { store, source, spamTrash, now }: RepairParts,
): Promise<string> {
  const { historyId, messagesTotal } = await source.profile();
  const labels = await source.labels();
  await store.write((rows) => putLabels(rows, labels));
  const listed = await compareAll(source, labels, spamTrash);
  // Before other writers have to wait.
  const { gone, relabelled } = await findDifferences(store, listed);
  await store.write(async (rows) => {
    const current = await readMirrorState(rows);
    if (current?.historyId !== known.historyId) return;
    await deleteIds(rows, gone);
    for (const [id, labelIds] of relabelled) await setLabels(rows, id, labelIds, historyId);
    // What is missing is found by going through the list once more.
    const { messagesTotal: startedWith } = await rows.totals();
    await forgetKept(rows, keptDrafts);
    await writeMirrorState(rows, {
      phase: 'filling',
      historyId,
      writes: current.writes,
      open: current.open,
      shown: current.shown,
      total: messagesTotal,
      startedMs: now(),
      startedWith,
    });
  });
  await store.bytes.sweep();
  return historyId;
}

/** Messages of a mirror that its account has no more, and those that have other labels there, with these. */
async function findDifferences(
  store: MailStore,
  listed: ReadonlyMap<string, readonly string[]>,
): Promise<{ readonly gone: readonly string[]; readonly relabelled: ReadonlyMap<string, readonly string[]> }> {
  const gone: string[] = [];
  const relabelled = new Map<string, readonly string[]>();
  for (let belowKey = Number.MAX_SAFE_INTEGER; ;) {
    const below = belowKey;
    const page = await store.read(async (rows) => {
      const sources = await rows.messages.sources(below, 500);
      return rows.messages.byKeys(sources.map(({ key }) => key));
    });
    for (const message of page) {
      const labelIds = listed.get(message.id);
      if (labelIds === undefined) gone.push(message.id);
      else if (!hasLabels(message, labelIds)) relabelled.set(message.id, labelIds);
    }
    const last = page.at(-1);
    if (last === undefined) return { gone, relabelled };
    belowKey = last.key;
  }
}
