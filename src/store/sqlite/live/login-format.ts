import type { DatabaseFormat } from '../open-database.ts';

/**
 * `secret` and `client_secret` are sealed with a key derived from the one that `key_id` names. `first_generation` keeps
 * a login that comes after a removed one from being taken for it.
 */
const createLogins = `
  CREATE TABLE login (
    email_address TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('oauth', 'serviceAccount')),
    client TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    refresh_token_expires_ms INTEGER,
    generation INTEGER NOT NULL,
    reauth_reason TEXT,
    key_id TEXT NOT NULL,
    secret BLOB NOT NULL,
    client_secret BLOB NOT NULL
  ) WITHOUT ROWID;

  CREATE TABLE first_generation (id INTEGER PRIMARY KEY CHECK (id = 1), value INTEGER NOT NULL);
  INSERT INTO first_generation VALUES (1, 1);
`;

/** `data/gmail/accounts.db`: the stored logins. */
export const loginFormat: DatabaseFormat = {
  applicationId: 0x676d_6c63,
  migrations: [createLogins],
  synchronous: 'FULL',
  cacheKibibytes: 64,
};
