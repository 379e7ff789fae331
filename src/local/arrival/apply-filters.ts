import type { QueryOptions } from '../../mail/query/query-operators.ts';
import { filterQuery } from '../../mail/query/filter-query.ts';
import type { MailWriter } from '../../store/mail/mail-store.ts';
import { resolveQuery } from '../search/resolve-query.ts';
import { isVerifiedForwarding } from '../settings/known-addresses.ts';
import { listFilters } from './filters.ts';

/**
 * Lets every filter that matches act on a message that has just been inserted: its labels change, and a copy waits to be
 * forwarded. Runs inside the write transaction of the insertion, so nobody sees the message without it.
 */
export async function applyFilters(
  rows: MailWriter,
  { key, bytesKey }: { readonly key: number; readonly bytesKey: number },
  options: QueryOptions,
): Promise<void> {
  const filters = await listFilters(rows);
  if (filters.length === 0) return;
  const labels = await rows.labels.list();
  // All are judged by the message as it arrived, whatever another one does to it.
  const conditions = filters.map(({ criteria }) => resolveQuery(filterQuery(criteria, options), labels));
  const matches = await rows.search.matches(conditions, key);
  const keys = new Map(labels.map((label) => [label.id, label.key]));
  for (const [index, { action }] of filters.entries()) {
    if (matches[index] !== true) continue;
    const { addLabelIds = [], removeLabelIds = [], forward } = action;
    const keysOf = (ids: readonly string[]): readonly number[] => ids.flatMap((id) => keys.get(id) ?? []);
    // As everywhere: what is in the trash or in spam is not in the inbox.
    const isBanished = addLabelIds.some((id) => id === 'TRASH' || id === 'SPAM');
    const removed = isBanished ? [...removeLabelIds, 'INBOX'] : removeLabelIds;
    const isKept = (id: string): boolean => !(isBanished && id === 'INBOX');
    await rows.messages.relabel({ messageKeys: [key], addKeys: [], removeKeys: keysOf(removed) });
    await rows.messages.relabel({ messageKeys: [key], addKeys: keysOf(addLabelIds.filter(isKept)), removeKeys: [] });
    if (forward !== undefined && (await isVerifiedForwarding(rows, forward))) {
      await rows.deliveries.add(bytesKey, [forward.toLowerCase()]);
    }
  }
}
