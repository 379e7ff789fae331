import type { MirrorSource } from '../../gmail/reading/mirror-source.ts';
import type { MailStore } from '../../store/mail/mail-store.ts';
import { deleteIds } from './apply-records.ts';
import { compareAll } from './compare-all.ts';
import { keptDrafts } from './kept-drafts.ts';
import { forgetKept } from './kept-values.ts';
import { putLabels } from './mirror-labels.ts';
import { readMirrorState, writeMirrorState, type MirrorState } from './mirror-state.ts';
import { setLabels } from './relabel.ts';

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
  await store.write(async (rows) => {
    const current = await readMirrorState(rows);
    if (current?.historyId !== known.historyId) return;
    for (let belowKey = Number.MAX_SAFE_INTEGER; ;) {
      const page = await rows.messages.sources(belowKey, 500);
      const last = page.at(-1);
      if (last === undefined) break;
      belowKey = last.key;
      await deleteIds(
        rows,
        page.filter(({ id }) => !listed.has(id)).map(({ id }) => id),
      );
      for (const { id } of page) {
        const labelIds = listed.get(id);
        if (labelIds !== undefined) await setLabels(rows, id, labelIds, historyId);
      }
    }
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
