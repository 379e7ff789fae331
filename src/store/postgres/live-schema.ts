import type { Queries } from './database.ts';

/**
 * What hosts share of live accounts, in the tables that `accounts.db` and `state.db` have (`store/sqlite/live`); `lease` is that
 * of jobs, and what follows an account has another name here, as the feed has `followed`.
 */
const tables = `
  CREATE TABLE login (
    email_address text PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('oauth', 'serviceAccount')),
    client text NOT NULL,
    scopes text NOT NULL,
    created_ms bigint NOT NULL,
    refresh_token_expires_ms bigint,
    generation bigint NOT NULL,
    reauth_reason text,
    key_id text NOT NULL,
    secret bytea NOT NULL,
    client_secret bytea NOT NULL
  );
  CREATE TABLE first_generation (id integer PRIMARY KEY CHECK (id = 1), value bigint NOT NULL);
  INSERT INTO first_generation VALUES (1, 1);

  CREATE TABLE access_token (
    account text PRIMARY KEY,
    login_generation bigint NOT NULL,
    generation bigint NOT NULL,
    key_id text NOT NULL,
    sealed bytea NOT NULL,
    received_ms bigint NOT NULL,
    expires_ms bigint NOT NULL
  );
  CREATE TABLE usage (
    account text NOT NULL,
    tick bigint NOT NULL,
    units bigint NOT NULL,
    PRIMARY KEY (account, tick)
  );
  CREATE TABLE slot (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account text NOT NULL,
    owner text NOT NULL,
    count integer NOT NULL,
    until_ms bigint NOT NULL
  );
  CREATE INDEX slot_by_account ON slot (account);
  CREATE TABLE ticket (
    account text NOT NULL,
    owner text NOT NULL,
    urgency integer NOT NULL,
    since_ms bigint NOT NULL,
    until_ms bigint NOT NULL,
    PRIMARY KEY (account, owner)
  );
  CREATE TABLE "freeze" (
    account text PRIMARY KEY,
    set_ms bigint NOT NULL,
    until_ms bigint NOT NULL,
    consecutive integer NOT NULL,
    reason text NOT NULL
  );
  CREATE TABLE follow_state (
    account text PRIMARY KEY,
    asked_ms bigint NOT NULL DEFAULT 0,
    changed_ms bigint NOT NULL DEFAULT 0,
    due_ms bigint NOT NULL DEFAULT 0,
    topic text NOT NULL DEFAULT '',
    watch_expires_ms bigint NOT NULL DEFAULT 0,
    watched_ms bigint NOT NULL DEFAULT 0,
    noticed_ms bigint NOT NULL DEFAULT 0,
    told text NOT NULL DEFAULT '',
    followed_ms bigint NOT NULL DEFAULT 0,
    failing_since_ms bigint NOT NULL DEFAULT 0,
    failed_ms bigint NOT NULL DEFAULT 0,
    failure text NOT NULL DEFAULT '',
    told_sync text NOT NULL DEFAULT ''
  );
`;

/** Creates the tables of what hosts share of live accounts. */
export async function createLive(queries: Queries): Promise<void> {
  await queries.run(tables);
}
