import { createLeaseTable } from '../lease-table.ts';
import type { DatabaseFormat } from '../open-database.ts';

/**
 * Times are milliseconds since 1970 by the clock of the machine that all processes share; `usage.tick` counts the ticks
 * of `gmail/channel/quota.ts`. All of it may be lost: at worst a token is fetched once more, and the quota of one minute is exceeded.
 */
const createState = `
  CREATE TABLE access_token (
    account TEXT PRIMARY KEY,
    login_generation INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    key_id TEXT NOT NULL,
    sealed BLOB NOT NULL,
    received_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL
  ) WITHOUT ROWID;

${createLeaseTable}

  CREATE TABLE usage (
    account TEXT NOT NULL,
    tick INTEGER NOT NULL,
    units INTEGER NOT NULL,
    PRIMARY KEY (account, tick)
  ) WITHOUT ROWID;

  CREATE TABLE slot (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    owner TEXT NOT NULL,
    count INTEGER NOT NULL,
    until_ms INTEGER NOT NULL
  );

  CREATE TABLE ticket (
    account TEXT NOT NULL,
    owner TEXT NOT NULL,
    urgency INTEGER NOT NULL,
    since_ms INTEGER NOT NULL,
    until_ms INTEGER NOT NULL,
    PRIMARY KEY (account, owner)
  ) WITHOUT ROWID;

  CREATE TABLE freeze (
    account TEXT PRIMARY KEY,
    set_ms INTEGER NOT NULL,
    until_ms INTEGER NOT NULL,
    consecutive INTEGER NOT NULL,
    reason TEXT NOT NULL
  ) WITHOUT ROWID;
`;

/** How it stands with following each account; see `store/live/follow-states.ts`. */
const createFollowed = `
  CREATE TABLE followed (
    account TEXT PRIMARY KEY,
    asked_ms INTEGER NOT NULL DEFAULT 0,
    changed_ms INTEGER NOT NULL DEFAULT 0,
    due_ms INTEGER NOT NULL DEFAULT 0,
    topic TEXT NOT NULL DEFAULT '',
    watch_expires_ms INTEGER NOT NULL DEFAULT 0,
    watched_ms INTEGER NOT NULL DEFAULT 0,
    noticed_ms INTEGER NOT NULL DEFAULT 0,
    told TEXT NOT NULL DEFAULT ''
  ) WITHOUT ROWID;
`;

const addFailures = `
  ALTER TABLE followed ADD COLUMN followed_ms INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE followed ADD COLUMN failing_since_ms INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE followed ADD COLUMN failed_ms INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE followed ADD COLUMN failure TEXT NOT NULL DEFAULT '';
  ALTER TABLE followed ADD COLUMN told_sync TEXT NOT NULL DEFAULT '';
`;

/** `data/gmail/state.db`: what the processes of a home agree on about Google. */
export const stateFormat: DatabaseFormat = {
  applicationId: 0x676d_6c73,
  migrations: [createState, createFollowed, addFailures],
  synchronous: 'NORMAL',
  cacheKibibytes: 128,
};
