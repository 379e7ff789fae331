import { textOf, type Row } from '../../columns.ts';
import type { DraftWriter, StoredDraft } from '../../mail/draft-rows.ts';
import type { Queries } from '../database.ts';
import { selectMessages, storedMessageOf } from './message-rows.ts';

const select = selectMessages(
  'draft d JOIN message m ON m.account = d.account AND m.key = d.message_key',
  ', d.gmail_id AS draft_id',
);

function draftOf(row: Row): StoredDraft {
  return { id: textOf(row, 'draft_id'), message: storedMessageOf(row) };
}

/** The rows of `draft` of one account. */
export function draftRows(queries: Queries, account: number): DraftWriter {
  return {
    async find(id) {
      const row = await queries.get(`${select} WHERE d.account = $1 AND d.gmail_id = $2`, account, id);
      return row === undefined ? undefined : draftOf(row);
    },
    async list(belowKey, limit) {
      const where = 'WHERE d.account = $1 AND d.message_key < $2 ORDER BY d.message_key DESC LIMIT $3';
      return (await queries.all(`${select} ${where}`, account, belowKey, limit)).map(draftOf);
    },
    async put(id, messageKey) {
      await queries.run(
        `INSERT INTO draft (account, gmail_id, message_key) VALUES ($1, $2, $3)
         ON CONFLICT (account, gmail_id) DO UPDATE SET message_key = excluded.message_key`,
        account,
        id,
        messageKey,
      );
    },
  };
}
