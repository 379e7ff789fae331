import type { DatabaseFormat } from '../open-database.ts';

/** `PRAGMA application_id` of a cache: the letters GmCa. */
const applicationId = 0x476d4361;

/**
 * Ids and labels stand in the clear, so that history can be applied to them; everything a message says is sealed.
 * A `message` without labels is one whose labels are not known: its row still says up to where its history is.
 */
const firstFormat = `
  CREATE TABLE state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    history_id TEXT,                      -- up to here the labels of all messages are right; null: not begun
    verified_ms INTEGER NOT NULL,         -- when that was last found to be the newest
    changed_ms INTEGER NOT NULL,          -- when the mailbox last changed, as far as is known
    epoch INTEGER NOT NULL,               -- grows with every change of the mailbox
    writes INTEGER NOT NULL,              -- changes of our own among them
    total_bytes INTEGER NOT NULL          -- of all that is sealed
  );
  INSERT INTO state VALUES (1, NULL, 0, 0, 1, 0, 0);
  CREATE TABLE message (
    id TEXT PRIMARY KEY,
    history_id TEXT NOT NULL,
    label_ids TEXT                        -- JSON
  ) WITHOUT ROWID;
  CREATE TABLE sealed (
    message_id TEXT NOT NULL,
    kind TEXT NOT NULL,                   -- facts, body or raw
    bytes BLOB NOT NULL,
    size_bytes INTEGER NOT NULL,
    used_ms INTEGER NOT NULL,
    PRIMARY KEY (message_id, kind)
  );
  CREATE INDEX sealed_by_use ON sealed (used_ms, size_bytes);
  CREATE TRIGGER sealed_added AFTER INSERT ON sealed
    BEGIN UPDATE state SET total_bytes = total_bytes + new.size_bytes; END;
  CREATE TRIGGER sealed_removed AFTER DELETE ON sealed
    BEGIN UPDATE state SET total_bytes = total_bytes - old.size_bytes; END;
  CREATE TABLE page (
    key TEXT PRIMARY KEY,
    epoch INTEGER NOT NULL,
    listed_ms INTEGER NOT NULL,
    answer TEXT NOT NULL                  -- JSON: ids and Google's page token
  ) WITHOUT ROWID;
  CREATE TABLE thread (
    id TEXT PRIMARY KEY,
    message_ids TEXT NOT NULL             -- JSON
  ) WITHOUT ROWID;
`;

/** A cache can be made anew at any time, so nothing waits for the disk. */
export const cacheFormat: DatabaseFormat = {
  applicationId,
  migrations: [firstFormat],
  synchronous: 'NORMAL',
  cacheKibibytes: 4096,
};
