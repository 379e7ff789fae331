import type { Database } from '../../store/sqlite/database.ts';
import type { QueryOptions } from '../../mail/query/query-operators.ts';
import { awaitDelivery } from './deliveries.ts';
import { filterQuery } from '../../mail/query/filter-query.ts';
import { listFilters } from './filters.ts';
import { isMatch } from '../search/find-keys.ts';
import { isVerifiedForwarding } from '../settings/known-addresses.ts';
import { readLabels } from '../labels/labels.ts';
import { readFacts } from '../reading/mailbox-facts.ts';
import { resolveQuery } from '../search/resolve-query.ts';

/**
 * Lets every filter that matches act on a message that has just been inserted: its labels change, and a copy waits to be
 * forwarded. Runs inside the write transaction of the insertion, so nobody sees the message without it.
 */
export function applyFilters(
  mailbox: Database,
  { key, rawKey }: { readonly key: number; readonly rawKey: number },
  options: QueryOptions,
): void {
  const filters = listFilters(mailbox);
  if (filters.length === 0) return;
  const facts = readFacts(mailbox);
  // All are judged by the message as it arrived, whatever another one does to it.
  const actions = filters
    .filter(({ criteria }) => isMatch(mailbox, resolveQuery(filterQuery(criteria, options), facts), key))
    .map(({ action }) => action);
  const keys = new Map(readLabels(mailbox).map((label) => [label.id, label.key]));
  const take = (id: string): void => {
    mailbox.run('DELETE FROM message_label WHERE label_key = ? AND message_key = ?', keys.get(id) ?? 0, key);
  };
  for (const { addLabelIds = [], removeLabelIds = [], forward } of actions) {
    for (const id of removeLabelIds) take(id);
    for (const id of addLabelIds) {
      const labelKey = keys.get(id);
      if (labelKey === undefined) continue;
      mailbox.run('INSERT INTO message_label VALUES (?, ?) ON CONFLICT DO NOTHING', labelKey, key);
      // As everywhere: what is in the trash or in spam is not in the inbox.
      if (id === 'TRASH' || id === 'SPAM') take('INBOX');
    }
    if (forward !== undefined && isVerifiedForwarding(mailbox, forward))
      awaitDelivery(mailbox, rawKey, [forward.toLowerCase()]);
  }
}
