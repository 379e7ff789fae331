import { foldLabelName, shownLabelName } from '../../../mail/label-names.ts';
import type { Label, LabelFields } from '../../../mail/message.ts';
import { integerOf, textOf, type Row } from '../../columns.ts';
import type { LabelRow, LabelWriter } from '../../mail/label-rows.ts';
import type { Queries } from '../database.ts';
import { firstUserLabelKey } from './mail-schema.ts';
import { targetOf } from './message-rows.ts';
import { prepared } from '../prepared-statement.ts';

const listAll = prepared(`
  SELECT key, gmail_id, name, message_list_visibility, label_list_visibility, text_color, background_color
  FROM label WHERE account = $1 ORDER BY key`);

/** The rows of `label` and `message_label` of one account. */
export function labelRows(queries: Queries, account: number): LabelWriter {
  return {
    async list() {
      return (await queries.all(listAll, account)).map(labelRowOf);
    },
    async count(key, unreadKey) {
      const row = await queries.get(
        `SELECT count(*) AS messages_total, count(u.message_key) AS messages_unread,
           count(DISTINCT m.thread_key) AS threads_total,
           count(DISTINCT CASE WHEN u.message_key IS NOT NULL THEN m.thread_key END) AS threads_unread
         FROM message_label l JOIN message m ON m.account = l.account AND m.key = l.message_key
         LEFT JOIN message_label u ON u.account = l.account AND u.label_key = $3 AND u.message_key = l.message_key
         WHERE l.account = $1 AND l.label_key = $2`,
        account,
        key,
        unreadKey,
      );
      if (row === undefined) throw new Error('a count has no row');
      return {
        messagesTotal: integerOf(row, 'messages_total'),
        messagesUnread: integerOf(row, 'messages_unread'),
        threadsTotal: integerOf(row, 'threads_total'),
        threadsUnread: integerOf(row, 'threads_unread'),
      };
    },
    async insert(label, idOf) {
      const key = await takeKey(queries, account, label.type);
      const row = { ...label, key, id: idOf(key), name: shownLabelName(label.name) };
      await insertRow(queries, account, row);
      return row;
    },
    async restore(label) {
      await insertRow(queries, account, { ...label, name: shownLabelName(label.name) });
      const after = 'UPDATE mailbox SET next_label_key = greatest(next_label_key, $2::integer + 1) WHERE account = $1';
      await queries.run(after, account, label.key);
    },
    async update(key, fields) {
      if (fields.name !== undefined) {
        const names = [shownLabelName(fields.name), foldLabelName(fields.name)] as const;
        const sql = 'UPDATE label SET name = $3, folded_name = $4 WHERE account = $1 AND key = $2';
        await queries.run(sql, account, key, ...names);
      }
      await storeFields(queries, account, key, fields);
    },
    async delete(key) {
      const labelled = await queries.all(
        `SELECT m.key, m.gmail_id, m.thread_key FROM message_label l
         JOIN message m ON m.account = l.account AND m.key = l.message_key
         WHERE l.account = $1 AND l.label_key = $2 ORDER BY m.key`,
        account,
        key,
      );
      await queries.run('DELETE FROM message_label WHERE account = $1 AND label_key = $2', account, key);
      await queries.run('DELETE FROM label WHERE account = $1 AND key = $2', account, key);
      return labelled.map(targetOf);
    },
  };
}

async function insertRow(queries: Queries, account: number, label: LabelRow): Promise<void> {
  const { key, id, name, ...fields } = label;
  await queries.run(
    'INSERT INTO label (account, key, gmail_id, name, folded_name) VALUES ($1, $2, $3, $4, $5)',
    account,
    key,
    id,
    name,
    foldLabelName(name),
  );
  await storeFields(queries, account, key, fields);
}

async function takeKey(queries: Queries, account: number, type: Label['type']): Promise<number> {
  const row = await (type === 'user'
    ? queries.get(
        'UPDATE mailbox SET next_label_key = next_label_key + 1 WHERE account = $1 RETURNING next_label_key - 1 AS key',
        account,
      )
    : queries.get(
        'SELECT max(key) + 1 AS key FROM label WHERE account = $1 AND key < $2',
        account,
        firstUserLabelKey - 1,
      ));
  if (row === undefined) throw new Error('a label has no key');
  return integerOf(row, 'key');
}

async function storeFields(
  queries: Queries,
  account: number,
  key: number,
  { messageListVisibility, labelListVisibility, color }: Partial<LabelFields>,
): Promise<void> {
  const given = [messageListVisibility, labelListVisibility, color?.textColor, color?.backgroundColor];
  if (given.every((value) => value === undefined)) return;
  await queries.run(
    `UPDATE label SET message_list_visibility = coalesce($3, message_list_visibility),
       label_list_visibility = coalesce($4, label_list_visibility), text_color = coalesce($5, text_color),
       background_color = coalesce($6, background_color)
     WHERE account = $1 AND key = $2`,
    account,
    key,
    ...given.map((value) => value ?? null),
  );
}

function labelRowOf(row: Row): LabelRow {
  const key = integerOf(row, 'key');
  const { message_list_visibility: inMessages, label_list_visibility: inLabels } = row;
  return {
    key,
    id: textOf(row, 'gmail_id'),
    name: textOf(row, 'name'),
    type: key < firstUserLabelKey ? 'system' : 'user',
    ...(inMessages === 'show' || inMessages === 'hide' ? { messageListVisibility: inMessages } : {}),
    ...(inLabels === 'labelShow' || inLabels === 'labelShowIfUnread' || inLabels === 'labelHide'
      ? { labelListVisibility: inLabels }
      : {}),
    ...(row.text_color === null
      ? {}
      : { color: { textColor: textOf(row, 'text_color'), backgroundColor: textOf(row, 'background_color') } }),
  };
}
