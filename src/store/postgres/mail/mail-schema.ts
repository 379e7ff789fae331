import type { Queries } from '../database.ts';

/** User labels have keys from here on, as on every store. */
export const firstUserLabelKey = 100;

/**
 * The tables of all mailboxes. `message.key` grows with the date, as the rows of the SQLite store do. `raw` holds the
 * messages as they were received; `message_text` the words of each, apart from the rows that lists read.
 */
const tables = `
  CREATE TABLE account (key serial PRIMARY KEY, email_address text NOT NULL UNIQUE);

  CREATE TABLE mailbox (
    account integer PRIMARY KEY REFERENCES account,
    history_id bigint NOT NULL,
    oldest_history_id bigint NOT NULL,
    messages_total bigint NOT NULL,
    threads_total bigint NOT NULL,
    longest_spill bigint NOT NULL,
    next_label_key integer NOT NULL
  );

  CREATE TABLE message (
    account integer NOT NULL,
    key bigint NOT NULL,
    gmail_id text NOT NULL,
    thread_key bigint NOT NULL,
    bytes_key bigint NOT NULL,
    history_id bigint NOT NULL,
    internal_ms bigint NOT NULL,
    size_bytes bigint NOT NULL,
    message_id text NOT NULL,
    subject_hash bigint,
    has_references boolean NOT NULL,
    participants bytea NOT NULL,
    sender text NOT NULL,
    recipients text NOT NULL,
    cc text NOT NULL,
    bcc text NOT NULL,
    subject text NOT NULL,
    snippet text NOT NULL,
    attachment_names text NOT NULL,
    is_unverified boolean NOT NULL,
    PRIMARY KEY (account, key)
  );
  CREATE UNIQUE INDEX message_by_id ON message (account, gmail_id);
  CREATE UNIQUE INDEX message_by_bytes ON message (account, bytes_key);
  CREATE INDEX message_by_thread ON message (account, thread_key, key);
  -- Message-IDs may be longer than an index takes.
  CREATE INDEX message_by_message_id ON message (account, md5(message_id));
  CREATE INDEX message_by_subject ON message (account, subject_hash, internal_ms) WHERE subject_hash IS NOT NULL;
  CREATE INDEX message_with_attachment ON message (account, key) WHERE attachment_names <> '[]';
  CREATE INDEX message_large ON message (account, key) WHERE size_bytes >= 1000000;

  CREATE TABLE message_text (
    account integer NOT NULL,
    key bigint NOT NULL,
    -- Every word under its account; the words of a header once more under its field.
    words tsvector NOT NULL,
    -- Whether there were more words than a tsvector takes.
    is_partial boolean NOT NULL,
    -- The words in order, for phrases: of each field, between spaces.
    fields text[] NOT NULL,
    PRIMARY KEY (account, key)
  );
  CREATE INDEX message_text_by_word ON message_text USING gin (words) WITH (fastupdate = off);
  CREATE INDEX message_text_partial ON message_text (account, key) WHERE is_partial;

  CREATE TABLE thread (
    account integer NOT NULL,
    key bigint NOT NULL,
    gmail_id text NOT NULL,
    messages_total integer NOT NULL,
    gmail_thread_hash bigint,
    successor_key bigint,
    PRIMARY KEY (account, key),
    UNIQUE (account, gmail_id)
  );
  CREATE TABLE thread_link (
    account integer NOT NULL,
    hash bigint NOT NULL,
    thread_key bigint NOT NULL,
    PRIMARY KEY (account, hash)
  );

  CREATE TABLE label (
    account integer NOT NULL,
    key integer NOT NULL,
    gmail_id text NOT NULL,
    name text NOT NULL,
    folded_name text NOT NULL,
    message_list_visibility text,
    label_list_visibility text,
    text_color text,
    background_color text,
    PRIMARY KEY (account, key),
    UNIQUE (account, gmail_id),
    UNIQUE (account, folded_name)
  );
  CREATE TABLE message_label (
    account integer NOT NULL,
    label_key integer NOT NULL,
    message_key bigint NOT NULL,
    PRIMARY KEY (account, label_key, message_key)
  );
  CREATE INDEX label_by_message ON message_label (account, message_key, label_key);

  CREATE TABLE draft (
    account integer NOT NULL,
    gmail_id text NOT NULL,
    message_key bigint NOT NULL,
    PRIMARY KEY (account, gmail_id),
    UNIQUE (account, message_key)
  );

  CREATE TABLE history (
    account integer NOT NULL,
    id bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('added', 'deleted', 'relabelled')),
    gmail_id text NOT NULL,
    thread_key bigint NOT NULL,
    labels_added text NOT NULL,
    labels_removed text NOT NULL,
    PRIMARY KEY (account, id)
  );

  CREATE TABLE value (
    account integer NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    value text NOT NULL,
    place bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (account, kind, name)
  );

  CREATE TABLE raw (
    key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account integer NOT NULL,
    sha256 bytea NOT NULL,
    size_bytes bigint NOT NULL,
    zstd bytea NOT NULL,
    UNIQUE (account, sha256)
  );
  -- They are compressed already.
  ALTER TABLE raw ALTER COLUMN zstd SET STORAGE EXTERNAL;
  CREATE TABLE released_bytes (account integer NOT NULL, bytes_key bigint NOT NULL, PRIMARY KEY (account, bytes_key));

  CREATE TABLE mail_delivery (
    key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account integer NOT NULL,
    bytes_key bigint NOT NULL,
    recipient text NOT NULL,
    UNIQUE (account, bytes_key, recipient)
  );
`;

/** Creates the tables of mail. */
export async function createMail(queries: Queries): Promise<void> {
  await queries.run(tables);
}

/** Mirrors of live accounts beside local mailboxes: an address may have one of each. */
export async function addMirrors(queries: Queries): Promise<void> {
  await queries.run(`
    ALTER TABLE account ADD COLUMN is_mirror boolean NOT NULL DEFAULT false;
    ALTER TABLE account DROP CONSTRAINT account_email_address_key;
    ALTER TABLE account ADD UNIQUE (email_address, is_mirror);
  `);
}

/** Messages of any range of sizes that has few of them are found by an index, not large ones only. */
export async function indexSizes(queries: Queries): Promise<void> {
  await queries.run('DROP INDEX message_large; CREATE INDEX message_by_size ON message (account, size_bytes)');
}
