import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../core/errors.ts';
import type { Mailbox, Profile } from '../mail/mailbox.ts';
import type { Label } from '../mail/message.ts';
import type { Mark } from './add-messages.ts';
import { addMessages } from './add-messages.ts';
import type { Database } from './database.ts';
import { integerOf } from './database.ts';
import { listHistory } from './history.ts';
import type { AddOutcome, IncomingMessage } from './incoming.ts';
import { createLabel, publicLabel, readLabels } from './labels.ts';
import { mailboxFormat, rawFormat } from './mailbox-format.ts';
import { getMark } from './marks.ts';
import { modifyMessages } from './modify-messages.ts';
import { openDatabase } from './open-database.ts';
import { optimizeIndex } from './optimize-index.ts';
import { getMessage, getThread } from './read-messages.ts';
import { searchMessages } from './search-messages.ts';

/** A mailbox in two SQLite files of a folder; any number of processes may have it open. */
export interface LocalMailbox extends Mailbox {
  /**
   * Adds messages that are not there yet, in transactions of at most 500; outcomes are in the order of the batch.
   * `mark` is stored after the last of them. When it throws (`UNAVAILABLE`), adding the same batch again completes it.
   */
  addMessages(batch: readonly IncomingMessage[], options?: { readonly mark?: Mark }): readonly AddOutcome[];
  /** What was last stored as a mark of this name, or undefined. */
  getMark(name: string): string | undefined;
  /** Makes searches fast again after many messages were added. May take a second for 30,000 messages. */
  finishImport(): void;
  /** Makes a user label. Throws `CONFLICT` for a name that is taken, `INVALID_INPUT` for one that cannot be. */
  createLabel(name: string): Promise<Label>;
}

/** Names of the two files in a mailbox's folder. */
export const mailboxFileName = 'mailbox.db';
export const rawFileName = 'raw.db';

/**
 * Opens the mailbox in `folder`, making an empty one where there is none. Throws `UNAVAILABLE`, with what to do, for
 * files that are damaged, incomplete, written by a newer version, or not accessible.
 */
export function openLocalMailbox(options: { readonly folder: string; readonly emailAddress: string }): LocalMailbox {
  const { folder, emailAddress } = options;
  const owner = emailAddress.toLowerCase();
  const mailbox = openDatabase(join(folder, mailboxFileName), mailboxFormat);
  const raw = openRaw(mailbox, join(folder, rawFileName));
  const files = { mailbox, raw };

  return {
    emailAddress,
    getProfile: async () => readProfile(mailbox, emailAddress),
    listLabels: async () => readLabels(mailbox).map(publicLabel),
    searchMessages: async (request) => searchMessages(mailbox, request),
    getMessage: async (id) => getMessage(files, id),
    getThread: async (id) => getThread(files, id),
    listHistory: async (request) => mailbox.read(() => listHistory(mailbox, request)),
    modifyMessages: async (change) => modifyMessages(mailbox, change),
    createLabel: async (name) => createLabel(mailbox, name),
    addMessages: (batch, { mark } = {}) => addMessages(files, owner, batch, mark),
    getMark: (name) => getMark(mailbox, name),
    finishImport: () => optimizeIndex(mailbox),
    close() {
      mailbox.close();
      raw.close();
    },
  };
}

function openRaw(mailbox: Database, file: string): Database {
  try {
    // In this order: another process may be making both files, and raw.db is there before the first message is.
    if (readProfile(mailbox, '').messagesTotal > 0 && !existsSync(file)) {
      throw new AppError('UNAVAILABLE', `The messages of this mailbox are missing: there is no ${file}.`, {
        hint: 'Restore mailbox.db and raw.db from the same backup.',
      });
    }
    return openDatabase(file, rawFormat);
  } catch (error) {
    mailbox.close();
    throw error;
  }
}

function readProfile(mailbox: Database, emailAddress: string): Profile {
  const row = mailbox.get('SELECT messages_total, threads_total, history_id FROM mailbox');
  if (row === undefined) throw new AppError('UNAVAILABLE', `The mailbox file ${mailbox.file} is damaged.`);
  return {
    emailAddress,
    messagesTotal: integerOf(row, 'messages_total'),
    threadsTotal: integerOf(row, 'threads_total'),
    historyId: String(integerOf(row, 'history_id')),
  };
}
