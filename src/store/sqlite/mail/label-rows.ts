import { foldLabelName, shownLabelName } from '../../../mail/label-names.ts';
import type { Label, LabelFields } from '../../../mail/message.ts';
import type { LabelRow, LabelWriter } from '../../mail/label-rows.ts';
import { integerOf, textOf, type Row } from '../../columns.ts';
import type { Database } from '../database.ts';
import { firstUserLabelKey } from './mail-format.ts';
import { targetOf } from './message-rows.ts';

/** The labels of a mailbox, and what other rows need of them. */
export interface Labels extends LabelWriter {
  /** The ids of labels by their keys, system labels first. */
  idsOf(keys: readonly number[]): readonly string[];
  /** Forgets what is remembered of changes that were given up. */
  forget(): void;
}

/** The rows of `label` and `message_label`. */
export function openLabels(database: Database): Labels {
  /** A label keeps its key and its id for good, so both are remembered. */
  let knownIds: ReadonlyMap<number, string> = new Map();

  function readAll(): readonly LabelRow[] {
    return database.all('SELECT * FROM label ORDER BY key').map(labelRowOf);
  }

  return {
    forget() {
      knownIds = new Map();
    },
    idsOf(keys) {
      if (!keys.every((key) => knownIds.has(key))) knownIds = new Map(readAll().map(({ key, id }) => [key, id]));
      return keys.toSorted((a, b) => a - b).flatMap((key) => knownIds.get(key) ?? []);
    },
    list: async () => readAll(),
    async count(key, unreadKey) {
      const row = database.get(
        `SELECT count(*) AS messages_total, count(u.message_key) AS messages_unread,
           count(DISTINCT m.thread_key) AS threads_total,
           count(DISTINCT iif(u.message_key IS NULL, NULL, m.thread_key)) AS threads_unread
         FROM message_label l JOIN message m ON m.id = l.message_key
         LEFT JOIN message_label u ON u.label_key = ? AND u.message_key = l.message_key
         WHERE l.label_key = ?`,
        unreadKey,
        key,
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
      const key = insertRow(database, label);
      const id = idOf(key);
      database.run('UPDATE label SET gmail_id = ? WHERE key = ?', id, key);
      storeFields(database, key, label);
      return { ...label, key, id, name: shownLabelName(label.name) };
    },
    async restore({ key, id, name, ...fields }) {
      const names = [shownLabelName(name), foldLabelName(name)] as const;
      database.run('INSERT INTO label (key, gmail_id, name, folded_name) VALUES (?, ?, ?, ?)', key, id, ...names);
      storeFields(database, key, fields);
    },
    async update(key, fields) {
      if (fields.name !== undefined) {
        const names = [shownLabelName(fields.name), foldLabelName(fields.name)] as const;
        database.run('UPDATE label SET name = ?, folded_name = ? WHERE key = ?', ...names, key);
      }
      storeFields(database, key, fields);
    },
    async delete(key) {
      const labelled = database.all(
        `SELECT m.id, m.gmail_id, m.thread_key FROM message_label l JOIN message m ON m.id = l.message_key
         WHERE l.label_key = ?`,
        key,
      );
      database.run('DELETE FROM message_label WHERE label_key = ?', key);
      database.run('DELETE FROM label WHERE key = ?', key);
      return labelled.map(targetOf);
    },
  };
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

function insertRow(database: Database, { name, type }: Pick<Label, 'name' | 'type'>): number {
  const names = [shownLabelName(name), foldLabelName(name)] as const;
  // The id carries the key, which is not known before the row is there.
  const row =
    type === 'user'
      ? database.get(`INSERT INTO label (gmail_id, name, folded_name) VALUES ('new', ?, ?) RETURNING key`, ...names)
      : database.get(
          `INSERT INTO label (key, gmail_id, name, folded_name)
           SELECT max(key) + 1, 'new', ?, ? FROM label WHERE key < ${firstUserLabelKey - 1} RETURNING key`,
          ...names,
        );
  if (row === undefined) throw new Error('a label was stored without a key');
  return integerOf(row, 'key');
}

function storeFields(database: Database, key: number, fields: Partial<LabelFields>): void {
  const { messageListVisibility, labelListVisibility, color } = fields;
  const store = (column: string, value: string | undefined): void => {
    if (value !== undefined) database.run(`UPDATE label SET ${column} = ? WHERE key = ?`, value, key);
  };
  store('message_list_visibility', messageListVisibility);
  store('label_list_visibility', labelListVisibility);
  store('text_color', color?.textColor);
  store('background_color', color?.backgroundColor);
}
