import type { DatabaseFormat } from '../open-database.ts';

/**
 * Times are milliseconds since 1970. History ids are text, as Google's may grow beyond what a number holds exactly.
 * `followed.is_deciding`: whether the account's history, and not the calls, says that messages changed. `own_change` is a
 * change that a call makes, open until it is over, with the time at which its process last said so in `began_ms`; `own_effect` what history is still to report of it, or, with
 * `is_written`, to repeat.
 */
const createFeed = `
  CREATE TABLE event (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    account TEXT NOT NULL,
    kind TEXT NOT NULL,
    message_id TEXT,
    body TEXT NOT NULL
  );
  CREATE INDEX event_by_message ON event (message_id, kind) WHERE message_id IS NOT NULL;

  CREATE TABLE feed (id INTEGER PRIMARY KEY CHECK (id = 1), forgotten INTEGER NOT NULL);
  INSERT INTO feed VALUES (1, 0);

  CREATE TABLE followed (
    account TEXT PRIMARY KEY,
    is_deciding INTEGER NOT NULL,
    written_to TEXT NOT NULL,
    seen_to TEXT NOT NULL
  ) WITHOUT ROWID;

  CREATE TABLE own_change (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    owner TEXT NOT NULL,
    cause TEXT NOT NULL,
    seen_to TEXT,
    began_ms INTEGER NOT NULL,
    ended_ms INTEGER
  );
  CREATE INDEX own_change_by_account ON own_change (account, key);

  CREATE TABLE own_effect (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    change_key INTEGER NOT NULL,
    account TEXT NOT NULL,
    message_id TEXT NOT NULL,
    effect TEXT NOT NULL,
    is_written INTEGER NOT NULL
  );
  CREATE INDEX own_effect_by_message ON own_effect (account, message_id);
  CREATE INDEX own_effect_by_change ON own_effect (change_key);
`;

/** `data/events.db`: the feed of a home. */
export const feedFormat: DatabaseFormat = {
  applicationId: 0x676d_6c65,
  migrations: [createFeed],
  synchronous: 'NORMAL',
  cacheKibibytes: 512,
};
