import { integerOf, textOf } from '../../columns.ts';
import type { Database } from '../database.ts';
import type { DatabaseFormat } from '../open-database.ts';

/** User labels have row ids from here on, so that system labels can still be added. */
export const firstUserLabelKey = 100;

/** The system labels of the first format. A label that Gmail adds later comes with a migration of its own. */
const firstSystemLabels = [
  'INBOX',
  'SENT',
  'DRAFT',
  'SPAM',
  'TRASH',
  'UNREAD',
  'STARRED',
  'IMPORTANT',
  'CHAT',
  'CATEGORY_PERSONAL',
  'CATEGORY_SOCIAL',
  'CATEGORY_PROMOTIONS',
  'CATEGORY_UPDATES',
  'CATEGORY_FORUMS',
];

/** `message.id` and the row ids of `full_text` are the same, and grow with the date: see `message-key.ts`. */
const createMailbox = `
  CREATE TABLE mailbox (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    history_id INTEGER NOT NULL,
    oldest_history_id INTEGER NOT NULL,
    messages_total INTEGER NOT NULL,
    threads_total INTEGER NOT NULL,
    longest_spill INTEGER NOT NULL
  );
  INSERT INTO mailbox VALUES (1, 1, 1, 0, 0, 0);

  CREATE TABLE message (
    id INTEGER PRIMARY KEY,
    gmail_id TEXT NOT NULL UNIQUE,
    thread_key INTEGER NOT NULL,
    raw_key INTEGER NOT NULL UNIQUE,
    history_id INTEGER NOT NULL,
    internal_ms INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    message_id TEXT NOT NULL,
    message_id_hash INTEGER NOT NULL,
    subject_hash INTEGER,
    has_references INTEGER NOT NULL,
    participants BLOB NOT NULL,
    sender TEXT NOT NULL,
    recipients TEXT NOT NULL,
    cc TEXT NOT NULL,
    bcc TEXT NOT NULL,
    subject TEXT NOT NULL,
    snippet TEXT NOT NULL,
    attachment_names TEXT NOT NULL
  );
  CREATE INDEX message_by_thread ON message (thread_key);
  CREATE INDEX message_by_message_id ON message (message_id_hash);
  CREATE INDEX message_by_subject ON message (subject_hash, internal_ms) WHERE subject_hash IS NOT NULL;

  CREATE INDEX message_with_attachment ON message (id) WHERE attachment_names <> '[]';
  CREATE INDEX message_large ON message (id) WHERE size_bytes >= 1000000;

  CREATE TABLE thread (
    key INTEGER PRIMARY KEY,
    gmail_id TEXT NOT NULL UNIQUE,
    gmail_thread_hash INTEGER,
    messages_total INTEGER NOT NULL,
    successor_key INTEGER
  );
  CREATE TABLE thread_link (hash INTEGER PRIMARY KEY, thread_key INTEGER NOT NULL);

  CREATE TABLE label (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    gmail_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    folded_name TEXT NOT NULL UNIQUE
  );
  INSERT INTO label (key, gmail_id, name, folded_name) VALUES
    ${firstSystemLabels.map((id, index) => `(${index + 1}, '${id}', '${id}', '${id.toLowerCase()}')`).join(', ')};
  UPDATE sqlite_sequence SET seq = ${firstUserLabelKey - 1} WHERE name = 'label';

  CREATE TABLE message_label (
    label_key INTEGER NOT NULL,
    message_key INTEGER NOT NULL,
    PRIMARY KEY (label_key, message_key)
  ) WITHOUT ROWID;
  CREATE INDEX label_by_message ON message_label (message_key, label_key);

  CREATE TABLE draft (gmail_id TEXT PRIMARY KEY, message_key INTEGER NOT NULL UNIQUE) WITHOUT ROWID;

  CREATE TABLE history (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('added', 'deleted', 'relabelled')),
    gmail_id TEXT NOT NULL,
    thread_key INTEGER NOT NULL,
    labels_added TEXT NOT NULL,
    labels_removed TEXT NOT NULL
  );

  CREATE TABLE mark (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

  CREATE VIRTUAL TABLE full_text USING fts5 (
    subject, sender, recipients, cc, bcc, delivered_to, list, filename, body,
    content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 2 tokenchars '_'"
  );
  INSERT INTO full_text (full_text, rank) VALUES ('hashsize', ${64 * 1024 * 1024});
`;

/** System labels that Gmail's own pages leave out of their lists; the others say nothing of it in Gmail's answers. */
const hiddenSystemLabels = [
  'CHAT',
  'SPAM',
  'TRASH',
  'IMPORTANT',
  'CATEGORY_PERSONAL',
  'CATEGORY_SOCIAL',
  'CATEGORY_PROMOTIONS',
  'CATEGORY_UPDATES',
  'CATEGORY_FORUMS',
];

/** What a mailbox that is written to needs: fields of labels, filters, settings, and what is still to be done. */
const addWriting = `
  ALTER TABLE label ADD COLUMN message_list_visibility TEXT;
  ALTER TABLE label ADD COLUMN label_list_visibility TEXT;
  ALTER TABLE label ADD COLUMN text_color TEXT;
  ALTER TABLE label ADD COLUMN background_color TEXT;
  UPDATE label SET message_list_visibility = 'hide', label_list_visibility = 'labelHide'
    WHERE gmail_id IN (${hiddenSystemLabels.map((id) => `'${id}'`).join(', ')});

  CREATE TABLE filter (
    key INTEGER PRIMARY KEY,
    gmail_id TEXT NOT NULL UNIQUE,
    fields TEXT NOT NULL UNIQUE
  );
  CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE send_as (
    key INTEGER PRIMARY KEY,
    folded_address TEXT NOT NULL UNIQUE,
    address TEXT NOT NULL,
    display_name TEXT NOT NULL,
    reply_to_address TEXT NOT NULL,
    signature TEXT NOT NULL,
    is_default INTEGER NOT NULL,
    treat_as_alias INTEGER NOT NULL
  );
  CREATE TABLE known_address (
    key INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('forwarding', 'delegate')),
    folded_address TEXT NOT NULL,
    address TEXT NOT NULL,
    UNIQUE (kind, folded_address)
  );

  CREATE TABLE delivery (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    raw_key INTEGER NOT NULL,
    recipient TEXT NOT NULL,
    UNIQUE (raw_key, recipient)
  );
  CREATE TABLE released_raw (raw_key INTEGER PRIMARY KEY);
`;

/** What was kept in a table for each kind of value is kept in one. */
function gatherValues(database: Database): void {
  database.execute(`
    CREATE TABLE value (
      key INTEGER PRIMARY KEY,
      kind TEXT NOT NULL,
      name TEXT NOT NULL,
      value TEXT NOT NULL,
      UNIQUE (kind, name)
    );
    INSERT INTO value (kind, name, value) SELECT 'setting', name, value FROM setting;
    INSERT INTO value (kind, name, value) SELECT 'mark', name, value FROM mark;
    INSERT INTO value (kind, name, value) SELECT 'filter', gmail_id, fields FROM filter ORDER BY key;
    INSERT INTO value (kind, name, value) SELECT kind, folded_address, address FROM known_address ORDER BY key;
  `);
  for (const row of database.all('SELECT * FROM send_as ORDER BY key')) {
    const value = {
      sendAsEmail: textOf(row, 'address'),
      displayName: textOf(row, 'display_name'),
      replyToAddress: textOf(row, 'reply_to_address'),
      signature: textOf(row, 'signature'),
      isDefault: integerOf(row, 'is_default') === 1,
      treatAsAlias: integerOf(row, 'treat_as_alias') === 1,
    };
    const insert = `INSERT INTO value (kind, name, value) VALUES ('sendAs', ?, ?)`;
    database.run(insert, textOf(row, 'folded_address'), JSON.stringify(value));
  }
  for (const table of ['setting', 'mark', 'filter', 'known_address', 'send_as']) {
    database.execute(`DROP TABLE ${table}`);
  }
}

/** What was stored before is found out when its content is made again. */
const addVerdict = 'ALTER TABLE message ADD COLUMN is_unverified INTEGER NOT NULL DEFAULT 0;';

/**
 * The number of digits of a size, with the first one: {@link sizeClassOf} in SQL. It grows with the size. An index by whole
 * sizes would have another place, and so another page to write, for nearly every message of an import.
 */
export function sizeClass(table = ''): string {
  return `10 * length(${table}size_bytes) + substr(${table}size_bytes, 1, 1)`;
}

/** The class that sizes from this number of bytes on have at least. */
export function sizeClassOf(bytes: number): number {
  const digits = String(Math.floor(Math.min(Math.max(bytes, 0), Number.MAX_SAFE_INTEGER)));
  return 10 * digits.length + Number(digits[0]);
}

const indexSizes = `
  DROP INDEX message_large;
  CREATE INDEX message_by_size ON message (${sizeClass()}, id, size_bytes);
`;

/** Everything of a mailbox but the messages' bytes: `mailbox.db`. */
export const mailFormat: DatabaseFormat = {
  applicationId: 0x676d_6c6d,
  migrations: [createMailbox, addWriting, gatherValues, addVerdict, indexSizes],
  synchronous: 'NORMAL',
  cacheKibibytes: 16 * 1024,
};

const createRaw = `
  CREATE TABLE raw (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    sha256 BLOB NOT NULL UNIQUE,
    size_bytes INTEGER NOT NULL,
    zstd BLOB NOT NULL
  );
`;

/**
 * The messages' bytes, compressed: `raw.db`. It is written before the mailbox that refers to it and waits for the
 * disk, so that no crash and no power cut leaves a message without its bytes.
 */
export const rawFormat: DatabaseFormat = {
  applicationId: 0x676d_6c72,
  migrations: [createRaw],
  synchronous: 'FULL',
  cacheKibibytes: 2 * 1024,
};
