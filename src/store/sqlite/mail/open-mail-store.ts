import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../../core/errors.ts';
import type { MailStore, MailWriter, MailboxTotals } from '../../mail/mail-store.ts';
import { integerOf } from '../../columns.ts';
import type { Database } from '../database.ts';
import { openDatabase } from '../open-database.ts';
import { Transactions } from '../transactions.ts';
import { endBulk } from './bulk-writing.ts';
import { deleteMessages } from './delete-messages.ts';
import { openDeliveries } from './delivery-rows.ts';
import { openDrafts } from './draft-rows.ts';
import { openHistory } from './history-rows.ts';
import { insertMessages, rewriteMessages } from './insert-messages.ts';
import { openLabels } from './label-rows.ts';
import { mailFormat, rawFormat } from './mail-format.ts';
import { openMessageBytes } from './message-bytes.ts';
import { openMessageRows } from './message-rows.ts';
import { optimizeIndex } from './optimize-index.ts';
import { relabelMessages } from './relabel-messages.ts';
import { openSearch } from './search/search-rows.ts';
import { openThreads } from './thread-rows.ts';
import { openValues } from './value-rows.ts';

/** Names of the two files in a mailbox's folder. */
export const mailFileName = 'mailbox.db';
export const rawFileName = 'raw.db';

/**
 * Opens the mailbox in `folder`, two SQLite files, making an empty one where there is none. Throws `UNAVAILABLE`, with
 * what to do, for files that are damaged, incomplete, written by a newer version, or not accessible.
 */
export function openMailStore(folder: string): MailStore {
  requireIndex(folder);
  const database = openDatabase(join(folder, mailFileName), mailFormat);
  return mailStoreOn(database, openRaw(database, join(folder, rawFileName)));
}

/** The store in two open databases, of {@link mailFormat} and {@link rawFormat}; it closes them. */
export function mailStoreOn(database: Database, raw: Database): MailStore {
  const labels = openLabels(database);
  const transactions = new Transactions(database, () => labels.forget());
  const rows: MailWriter = {
    totals: async () => readTotals(database),
    labels,
    messages: {
      ...openMessageRows(database, raw, labels),
      insert: async (messages) => insertMessages(database, messages),
      rewrite: async (contents) => rewriteMessages(database, contents),
      relabel: async (change) => relabelMessages(database, change),
      delete: async (messageKeys) => deleteMessages(database, messageKeys, labels),
    },
    threads: openThreads(database),
    search: openSearch(database),
    drafts: openDrafts(database, labels),
    history: openHistory(database, labels),
    values: openValues(database),
    deliveries: openDeliveries(database),
  };
  return {
    once: (call) => transactions.once(() => call(rows)),
    read: (work) => transactions.read(() => work(rows)),
    write: (work, { onDisk } = { onDisk: false }) =>
      onDisk ? transactions.writeThrough(() => work(rows)) : transactions.write(() => work(rows)),
    bytes: openMessageBytes(database, raw, transactions),
    optimize: () =>
      transactions.once(async () => {
        optimizeIndex(database);
        endBulk(database, raw);
      }),
    close() {
      transactions.close();
      raw.close();
    },
  };
}

/** Refuses to make a new index beside the bytes of messages whose index is gone: their keys would be given out again. */
function requireIndex(folder: string): void {
  const index = join(folder, mailFileName);
  // In this order: another process may be making both files, the index first.
  if (!existsSync(join(folder, rawFileName)) || existsSync(index)) return;
  throw new AppError('UNAVAILABLE', `The index of this mailbox is missing: there is no ${index}.`, {
    hint: `Restore ${mailFileName} and ${rawFileName} from the same backup; or move ${folder} away and import the mail again.`,
  });
}

function openRaw(database: Database, file: string): Database {
  try {
    // In this order: another process may be making both files, and raw.db is there before the first message is.
    if (readTotals(database).messagesTotal > 0 && !existsSync(file)) {
      throw new AppError('UNAVAILABLE', `The messages of this mailbox are missing: there is no ${file}.`, {
        hint: `Restore ${mailFileName} and ${rawFileName} from the same backup.`,
      });
    }
    return openDatabase(file, rawFormat);
  } catch (error) {
    database.close();
    throw error;
  }
}

function readTotals(database: Database): MailboxTotals {
  const row = database.get('SELECT messages_total, threads_total, history_id, oldest_history_id FROM mailbox');
  if (row === undefined) throw new AppError('UNAVAILABLE', `The file ${database.file} is damaged.`);
  return {
    messagesTotal: integerOf(row, 'messages_total'),
    threadsTotal: integerOf(row, 'threads_total'),
    historyId: integerOf(row, 'history_id'),
    oldestHistoryId: integerOf(row, 'oldest_history_id'),
  };
}
