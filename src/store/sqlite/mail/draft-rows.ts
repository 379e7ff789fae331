import type { DraftWriter, StoredDraft } from '../../mail/draft-rows.ts';
import { textOf, type Row } from '../../columns.ts';
import type { Database } from '../database.ts';
import type { Labels } from './label-rows.ts';
import { selectMessages, storedMessageOf } from './message-rows.ts';

/** The rows of `draft`. */
export function openDrafts(database: Database, labels: Pick<Labels, 'idsOf'>): DraftWriter {
  const select = selectMessages('draft d JOIN message m ON m.id = d.message_key', ', d.gmail_id AS draft_id');
  const draftOf = (row: Row): StoredDraft => ({
    id: textOf(row, 'draft_id'),
    message: storedMessageOf(row, labels),
  });
  return {
    async find(id) {
      const row = database.get(`${select} WHERE d.gmail_id = ?`, id);
      return row === undefined ? undefined : draftOf(row);
    },
    list: async (belowKey, limit) =>
      database
        .all(`${select} WHERE d.message_key < ? ORDER BY d.message_key DESC LIMIT ?`, belowKey, limit)
        .map(draftOf),
    async put(id, messageKey) {
      database.run(
        `INSERT INTO draft (gmail_id, message_key) VALUES (?, ?)
         ON CONFLICT (gmail_id) DO UPDATE SET message_key = excluded.message_key`,
        id,
        messageKey,
      );
    },
  };
}
