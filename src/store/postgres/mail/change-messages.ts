import { indexedFields } from '../../mail/condition.ts';
import type { DeletedMessage, MessageContent, NewMessage, Relabelled, Relabelling } from '../../mail/message-rows.ts';
import { integerOf, textOf } from '../../columns.ts';
import type { Parameter, Queries } from '../database.ts';
import { firstMessageKey, freeMessageKeys } from './message-keys.ts';
import { targetOf } from './message-rows.ts';
import { textRowOf } from './words.ts';

/** The columns of `message` that hold its content, with their types. */
const contentColumns = {
  size_bytes: 'bigint',
  message_id: 'text',
  subject_hash: 'bigint',
  has_references: 'boolean',
  participants: 'bytea',
  sender: 'text',
  recipients: 'text',
  cc: 'text',
  bcc: 'text',
  subject: 'text',
  snippet: 'text',
  attachment_names: 'text',
  is_unverified: 'boolean',
} as const;
const contentNames = Object.keys(contentColumns).join(', ');

function arraysFrom(first: number): string {
  return Object.values(contentColumns)
    .map((type, index) => `$${first + index}::${type}[]`)
    .join(', ');
}

function contentArrays(contents: readonly MessageContent[]): readonly Parameter[] {
  return [
    contents.map(({ sizeBytes }) => sizeBytes),
    contents.map(({ messageId }) => messageId),
    contents.map(({ subjectHash }) => subjectHash ?? null),
    contents.map(({ hasReferences }) => hasReferences),
    contents.map(({ participantHashes }) => Buffer.from(participantHashes.buffer)),
    contents.map(({ sender }) => sender),
    contents.map(({ recipients }) => recipients),
    contents.map(({ cc }) => cc),
    contents.map(({ bcc }) => bcc),
    contents.map(({ subject }) => subject),
    contents.map(({ snippet }) => snippet),
    contents.map(({ attachmentNames }) => JSON.stringify(attachmentNames)),
    contents.map(({ isUnverified }) => isUnverified),
  ];
}

const fieldArrays = indexedFields.map((_, index) => `$${index + 5}::text[]`).join(', ');
const fieldNames = indexedFields.map((_, index) => `f${index}`).join(', ');
const putTexts = `
  INSERT INTO message_text (account, key, words, is_partial, fields)
  SELECT $1, key, words::tsvector, is_partial, ARRAY[${fieldNames}]
  FROM unnest($2::bigint[], $3::text[], $4::boolean[], ${fieldArrays}) AS t (key, words, is_partial, ${fieldNames})
  ON CONFLICT (account, key) DO UPDATE
    SET words = excluded.words, is_partial = excluded.is_partial, fields = excluded.fields`;

async function storeTexts(
  queries: Queries,
  account: number,
  keys: readonly number[],
  contents: readonly MessageContent[],
): Promise<void> {
  const rows = contents.map(({ texts }) => textRowOf(account, texts));
  await queries.run(
    putTexts,
    account,
    keys,
    rows.map(({ words }) => words),
    rows.map(({ isPartial }) => isPartial),
    ...indexedFields.map((_, index) => rows.map(({ fields }) => fields[index] ?? '')),
  );
}

/** Stores messages; returns their keys in the same order. */
export async function insertMessages(
  queries: Queries,
  account: number,
  messages: readonly NewMessage[],
): Promise<readonly number[]> {
  if (messages.length === 0) return [];
  const keys = await freeMessageKeys(
    queries,
    account,
    messages.map(({ internalDateMs }) => internalDateMs),
  );
  await queries.run(
    `INSERT INTO message (account, key, gmail_id, thread_key, bytes_key, history_id, internal_ms, ${contentNames})
     SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
       ${arraysFrom(8)})`,
    account,
    keys,
    messages.map(({ id }) => id),
    messages.map(({ threadKey }) => threadKey),
    messages.map(({ bytesKey }) => bytesKey),
    messages.map(({ historyId }) => historyId),
    messages.map(({ internalDateMs }) => internalDateMs),
    ...contentArrays(messages),
  );
  await storeTexts(queries, account, keys, messages);
  const labelled = messages.flatMap(({ labelKeys }, index) =>
    labelKeys.map((label) => [label, keys[index] ?? 0] as const),
  );
  await queries.run(
    `INSERT INTO message_label (account, label_key, message_key) SELECT $1, * FROM unnest($2::integer[], $3::bigint[])`,
    account,
    labelled.map(([label]) => label),
    labelled.map(([, key]) => key),
  );
  const spills = messages.map(({ internalDateMs }, index) => (keys[index] ?? 0) - firstMessageKey(internalDateMs));
  await queries.run(
    `UPDATE mailbox SET messages_total = messages_total + $2, longest_spill = greatest(longest_spill, $3)
     WHERE account = $1`,
    account,
    messages.length,
    Math.max(...spills),
  );
  return keys;
}

/** Puts other content in the place of what messages have. */
export async function rewriteMessages(
  queries: Queries,
  account: number,
  contents: readonly { readonly messageKey: number; readonly content: MessageContent }[],
): Promise<void> {
  const rows = await queries.all(
    'SELECT key FROM message WHERE account = $1 AND key = ANY ($2::bigint[])',
    account,
    contents.map(({ messageKey }) => messageKey),
  );
  const there = new Set(rows.map((row) => integerOf(row, 'key')));
  const known = contents.filter(({ messageKey }) => there.has(messageKey));
  if (known.length === 0) return;
  const keys = known.map(({ messageKey }) => messageKey);
  const all = known.map(({ content }) => content);
  const assignments = Object.keys(contentColumns)
    .map((column) => `${column} = c.${column}`)
    .join(', ');
  await queries.run(
    `UPDATE message m SET ${assignments} FROM unnest($2::bigint[], ${arraysFrom(3)}) AS c (key, ${contentNames})
     WHERE m.account = $1 AND m.key = c.key`,
    account,
    keys,
    ...contentArrays(all),
  );
  await storeTexts(queries, account, keys, all);
}

/** Changes labels of messages; returns those that changed, in the order of their keys as given. */
export async function relabelMessages(
  queries: Queries,
  account: number,
  { messageKeys, addKeys, removeKeys, historyId }: Relabelling,
): Promise<readonly Relabelled[]> {
  if (historyId !== undefined) {
    const sql = 'UPDATE message SET history_id = $3 WHERE account = $1 AND key = ANY ($2::bigint[])';
    await queries.run(sql, account, messageKeys, historyId);
  }
  const change = async (sql: string, labelKeys: readonly number[]): Promise<ReadonlySet<string>> => {
    if (labelKeys.length === 0 || messageKeys.length === 0) return new Set();
    const rows = await queries.all(sql, account, labelKeys, messageKeys);
    return new Set(rows.map((row) => `${integerOf(row, 'message_key')} ${integerOf(row, 'label_key')}`));
  };
  const added = await change(
    // Of this account's own messages only.
    `INSERT INTO message_label (account, label_key, message_key)
     SELECT $1, l, m.key FROM unnest($2::integer[]) l
     CROSS JOIN (SELECT key FROM message WHERE account = $1 AND key = ANY ($3::bigint[])) m
     ON CONFLICT DO NOTHING RETURNING label_key, message_key`,
    addKeys,
  );
  const removed = await change(
    `DELETE FROM message_label WHERE account = $1 AND label_key = ANY ($2::integer[])
       AND message_key = ANY ($3::bigint[]) RETURNING label_key, message_key`,
    removeKeys,
  );
  return messageKeys.flatMap((messageKey) => {
    const isIn = (set: ReadonlySet<string>) => (labelKey: number) => set.has(`${messageKey} ${labelKey}`);
    const result = { messageKey, added: addKeys.filter(isIn(added)), removed: removeKeys.filter(isIn(removed)) };
    return result.added.length + result.removed.length === 0 ? [] : [result];
  });
}

/** Deletes messages with everything that hangs on them; returns them in the order of their keys as given. */
export async function deleteMessages(
  queries: Queries,
  account: number,
  messageKeys: readonly number[],
): Promise<readonly DeletedMessage[]> {
  if (messageKeys.length === 0) return [];
  const labels = await queries.all(
    `SELECT ml.message_key, string_agg(l.gmail_id, ' ' ORDER BY l.key) AS label_ids FROM message_label ml
     JOIN label l ON l.account = ml.account AND l.key = ml.label_key
     WHERE ml.account = $1 AND ml.message_key = ANY ($2::bigint[]) GROUP BY ml.message_key`,
    account,
    messageKeys,
  );
  const labelIds = new Map(labels.map((row) => [integerOf(row, 'message_key'), textOf(row, 'label_ids').split(' ')]));
  const rows = await queries.all(
    `DELETE FROM message WHERE account = $1 AND key = ANY ($2::bigint[])
     RETURNING key, gmail_id, thread_key, bytes_key`,
    account,
    messageKeys,
  );
  for (const [table, column] of [
    ['message_label', 'message_key'],
    ['draft', 'message_key'],
    ['message_text', 'key'],
  ] as const) {
    await queries.run(
      `DELETE FROM ${table} WHERE account = $1 AND ${column} = ANY ($2::bigint[])`,
      account,
      messageKeys,
    );
  }
  await queries.run(
    'INSERT INTO released_bytes SELECT $1, * FROM unnest($2::bigint[]) ON CONFLICT DO NOTHING',
    account,
    rows.map((row) => integerOf(row, 'bytes_key')),
  );
  await leaveThreads(
    queries,
    account,
    rows.map((row) => integerOf(row, 'thread_key')),
  );
  const deleted = new Map(
    rows.map((row) => [
      integerOf(row, 'key'),
      { ...targetOf(row), labelIds: labelIds.get(integerOf(row, 'key')) ?? [] },
    ]),
  );
  return [...new Set(messageKeys)].flatMap((key) => deleted.get(key) ?? []);
}

/** Takes deleted messages out of their threads; each stands as often as it loses one. */
async function leaveThreads(queries: Queries, account: number, threadKeys: readonly number[]): Promise<void> {
  if (threadKeys.length === 0) return;
  await queries.run(
    `WITH lost AS (SELECT key, count(*) AS count FROM unnest($2::bigint[]) AS key GROUP BY key),
       changed AS (
         UPDATE thread t SET messages_total = messages_total - lost.count FROM lost
         WHERE t.account = $1 AND t.key = lost.key RETURNING t.messages_total)
     UPDATE mailbox SET messages_total = messages_total - cardinality($2::bigint[]),
       threads_total = threads_total - (SELECT count(*) FROM changed WHERE messages_total = 0)
     WHERE account = $1`,
    account,
    threadKeys,
  );
}
