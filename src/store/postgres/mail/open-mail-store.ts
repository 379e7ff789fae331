import { systemLabelIds } from '../../../mail/message.ts';
import { integerOf } from '../../columns.ts';
import type { MailStore, MailWriter } from '../../mail/mail-store.ts';
import { NothingLocked, type PostgresDatabase, type Queries } from '../database.ts';
import { deleteMessages, insertMessages, relabelMessages, rewriteMessages } from './change-messages.ts';
import { deliveryRows } from './delivery-rows.ts';
import { draftRows } from './draft-rows.ts';
import { historyRows } from './history-rows.ts';
import { labelRows } from './label-rows.ts';
import { isFound, lockMail, orGone, type FoundMailbox } from './lock-mailbox.ts';
import { firstUserLabelKey } from './mail-schema.ts';
import { messageBytes } from './message-bytes.ts';
import { messageRows } from './message-rows.ts';
import { searchRows } from './search/search-rows.ts';
import { threadRows } from './thread-rows.ts';
import { valueRows } from './value-rows.ts';

/** What is kept of an address: its local mailbox, or the mirror of its live account. */
export type AccountKind = 'local' | 'mirror';

/**
 * Opens the mailbox of an address in lower case, making an empty one where there is none. Closing it closes nothing: the
 * database is shared by all mailboxes. Throws `UNAVAILABLE`; work throws `NOT_FOUND` when the mailbox was renamed or deleted.
 */
export async function openMailStore(
  database: PostgresDatabase,
  emailAddress: string,
  kind: AccountKind = 'local',
): Promise<MailStore> {
  const account =
    (await findAccount(database, emailAddress, kind)) ?? (await makeAccount(database, emailAddress, kind));
  return mailStoreOf(database, { account, emailAddress });
}

/** The mailbox that was found under an address. */
export function mailStoreOf(database: PostgresDatabase, mailbox: FoundMailbox): MailStore {
  const { account } = mailbox;
  let isGone = false;

  async function noting<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      isGone ||= error instanceof NothingLocked;
      throw error;
    }
  }
  const whileThere = <T>(work: Promise<T>): Promise<T> => orGone(mailbox, noting(work));
  const lock = lockMail(mailbox);
  const isThere = `SELECT 1 FROM account a WHERE ${isFound(mailbox)}`;
  return {
    once: (call) => whileThere(call(rowsOf(database, account))),
    read: (work, signal) =>
      whileThere(database.read((queries) => work(rowsOf(queries, account)), { first: isThere, signal })),
    // Every commit waits for the disk.
    write: (work) => whileThere(database.write(lock, (queries) => work(rowsOf(queries, account)))),
    bytes: messageBytes(database, account, lock),
    optimize: async () => void (await database.run('ANALYZE message, message_text, message_label, thread, label')),
    isGone: () => isGone,
    close: () => undefined,
  };
}

function rowsOf(queries: Queries, account: number): MailWriter {
  return {
    async totals() {
      const sql = 'SELECT messages_total, threads_total, history_id, oldest_history_id FROM mailbox WHERE account = $1';
      const row = await queries.get(sql, account);
      if (row === undefined) throw new NothingLocked();
      return {
        messagesTotal: integerOf(row, 'messages_total'),
        threadsTotal: integerOf(row, 'threads_total'),
        historyId: integerOf(row, 'history_id'),
        oldestHistoryId: integerOf(row, 'oldest_history_id'),
      };
    },
    labels: labelRows(queries, account),
    messages: {
      ...messageRows(queries, account),
      insert: (messages) => insertMessages(queries, account, messages),
      rewrite: (contents) => rewriteMessages(queries, account, contents),
      relabel: (change) => relabelMessages(queries, account, change),
      delete: (messageKeys) => deleteMessages(queries, account, messageKeys),
    },
    threads: threadRows(queries, account),
    search: searchRows(queries, account),
    drafts: draftRows(queries, account),
    history: historyRows(queries, account),
    values: valueRows(queries, account),
    deliveries: deliveryRows(queries, account),
  };
}

/** The key of the mailbox of an address in lower case. */
export async function findAccount(
  queries: Queries,
  emailAddress: string,
  kind: AccountKind = 'local',
): Promise<number | undefined> {
  const sql = 'SELECT key FROM account WHERE email_address = $1 AND is_mirror = $2';
  const row = await queries.get(sql, emailAddress, kind === 'mirror');
  return row === undefined ? undefined : integerOf(row, 'key');
}

/** System labels that Gmail's own pages leave out of their lists. */
const hiddenSystemLabels: ReadonlySet<string> = new Set([
  'CHAT',
  'SPAM',
  'TRASH',
  'IMPORTANT',
  'CATEGORY_PERSONAL',
  'CATEGORY_SOCIAL',
  'CATEGORY_PROMOTIONS',
  'CATEGORY_UPDATES',
  'CATEGORY_FORUMS',
]);

async function makeAccount(database: PostgresDatabase, emailAddress: string, kind: AccountKind): Promise<number> {
  return database.write('SELECT 1', async (queries) => {
    await queries.run(
      'INSERT INTO account (email_address, is_mirror) VALUES ($1, $2) ON CONFLICT DO NOTHING',
      emailAddress,
      kind === 'mirror',
    );
    const account = await findAccount(queries, emailAddress, kind);
    if (account === undefined) throw new Error(`the account ${emailAddress} was not stored`);
    const isMade = await queries.run(
      'INSERT INTO mailbox VALUES ($1, 1, 1, 0, 0, 0, $2) ON CONFLICT DO NOTHING',
      account,
      firstUserLabelKey,
    );
    // Another process was faster.
    if (isMade === 0) return account;
    const isHidden = systemLabelIds.map((id) => hiddenSystemLabels.has(id));
    await queries.run(
      `INSERT INTO label (account, key, gmail_id, name, folded_name, message_list_visibility, label_list_visibility)
       SELECT $1, place, id, id, lower(id), CASE WHEN is_hidden THEN 'hide' END, CASE WHEN is_hidden THEN 'labelHide' END
       FROM unnest($2::text[], $3::boolean[]) WITH ORDINALITY AS l (id, is_hidden, place)`,
      account,
      systemLabelIds,
      isHidden,
    );
    return account;
  });
}
