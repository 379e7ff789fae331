import type { Queries } from './database.ts';

/**
 * What a home shares beside mail, in the tables that its SQLite files have: of the feed, jobs, webhooks, the audit log and
 * the outbox. Yes and no are 1 and 0, as `store/sql` writes them; times are milliseconds since 1970.
 */
const tables = `
  CREATE TABLE event (
    sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at_ms bigint NOT NULL,
    account text NOT NULL,
    kind text NOT NULL,
    message_id text,
    body text NOT NULL
  );
  CREATE INDEX event_by_message ON event (message_id, kind) WHERE message_id IS NOT NULL;
  CREATE TABLE feed (id integer PRIMARY KEY CHECK (id = 1), forgotten bigint NOT NULL);
  INSERT INTO feed VALUES (1, 0);
  CREATE TABLE followed (
    account text PRIMARY KEY,
    is_deciding integer NOT NULL,
    written_to text NOT NULL,
    seen_to text NOT NULL
  );
  CREATE TABLE own_change (
    key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account text NOT NULL,
    owner text NOT NULL,
    cause text NOT NULL,
    seen_to text,
    began_ms bigint NOT NULL,
    ended_ms bigint
  );
  CREATE INDEX own_change_by_account ON own_change (account, key);
  CREATE TABLE own_effect (
    key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    change_key bigint NOT NULL,
    account text NOT NULL,
    message_id text NOT NULL,
    effect text NOT NULL,
    is_written integer NOT NULL
  );
  CREATE INDEX own_effect_by_message ON own_effect (account, message_id);
  CREATE INDEX own_effect_by_change ON own_effect (change_key);

  CREATE TABLE job (
    name text PRIMARY KEY,
    runs bigint NOT NULL,
    failures_in_row bigint NOT NULL,
    started_ms bigint,
    ended_ms bigint,
    next_ms bigint NOT NULL,
    outcome text,
    failure text,
    facts text NOT NULL
  );
  CREATE TABLE lease (
    name text PRIMARY KEY,
    owner text NOT NULL,
    fence bigint NOT NULL,
    until_ms bigint NOT NULL
  );

  CREATE TABLE webhook (
    key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text NOT NULL UNIQUE,
    url text NOT NULL,
    rules text NOT NULL,
    secrets text NOT NULL,
    created_ms bigint NOT NULL,
    created_by text,
    is_on integer NOT NULL,
    off_reason text,
    cursor bigint NOT NULL,
    failing_since_ms bigint,
    last_delivered_ms bigint
  );
  CREATE TABLE delivery (
    key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text NOT NULL UNIQUE,
    webhook_id text NOT NULL,
    event text NOT NULL,
    state text NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
    attempts integer NOT NULL,
    next_ms bigint NOT NULL,
    last_attempt_ms bigint,
    status integer,
    failure text
  );
  CREATE INDEX delivery_due ON delivery (webhook_id, next_ms) WHERE state = 'pending';
  CREATE INDEX delivery_by_webhook ON delivery (webhook_id, key);

  -- The highest sequence of the audit log there ever was, so that a missing end shows. Its entries have no gaps: the next
  -- is only taken in the transaction that writes it.
  CREATE TABLE entry_counter (value bigint NOT NULL);
  INSERT INTO entry_counter VALUES (0);
  CREATE FUNCTION next_entry() RETURNS bigint LANGUAGE sql VOLATILE AS
    'UPDATE entry_counter SET value = value + 1 RETURNING value';
  CREATE TABLE entry (
    sequence bigint PRIMARY KEY DEFAULT next_entry(),
    at_ms bigint NOT NULL,
    account text NOT NULL,
    event text NOT NULL CHECK (event IN ('begun', 'done', 'failed', 'unknown')),
    of bigint,
    door text NOT NULL,
    token_name text NOT NULL,
    request_id text NOT NULL,
    operation text NOT NULL,
    facts text NOT NULL,
    hash text NOT NULL
  );
  CREATE INDEX entry_by_beginning ON entry (of) WHERE of IS NOT NULL;
  CREATE INDEX entry_by_send ON entry ((facts::json #>> '{target,outboxId}'))
    WHERE event = 'begun' AND (facts::json #>> '{target,outboxId}') IS NOT NULL;
  CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN RAISE EXCEPTION ''the audit log only grows''; END';
  CREATE TRIGGER entry_stays BEFORE DELETE OR UPDATE ON entry FOR EACH ROW EXECUTE FUNCTION refuse_change();
  CREATE TRIGGER entry_is_whole BEFORE TRUNCATE ON entry EXECUTE FUNCTION refuse_change();
  CREATE TABLE undo (
    sequence bigint PRIMARY KEY,
    account text NOT NULL,
    token_name text NOT NULL,
    at_ms bigint NOT NULL,
    inverse text NOT NULL,
    is_undone integer NOT NULL DEFAULT 0
  );

  CREATE TABLE send (
    id text PRIMARY KEY,
    account text NOT NULL,
    key text,
    content_hash text NOT NULL,
    state text NOT NULL,
    created_ms bigint NOT NULL,
    changed_ms bigint NOT NULL,
    counted_ms bigint NOT NULL,
    sends_at_ms bigint NOT NULL,
    operation text NOT NULL,
    actor text NOT NULL,
    facts text NOT NULL,
    thread_id text,
    is_callers_draft integer NOT NULL,
    is_unaudited integer NOT NULL DEFAULT 0,
    progress text NOT NULL,
    raw bytea,
    fence bigint NOT NULL DEFAULT 0,
    held_until_ms bigint NOT NULL DEFAULT 0
  );
  CREATE UNIQUE INDEX send_by_key ON send (account, key) WHERE key IS NOT NULL;
  CREATE INDEX send_by_count ON send (account, counted_ms);
  CREATE INDEX send_by_change ON send (changed_ms);
  CREATE INDEX send_by_state ON send (state, created_ms, id);
  CREATE INDEX send_by_result ON send (account, (progress::json #>> '{result,id}')) WHERE state = 'sent';
  CREATE INDEX send_by_draft ON send (account, (progress::json #>> '{draftId}'));
  CREATE INDEX send_to_do ON send (created_ms)
    WHERE state IN ('waiting', 'drafting', 'sending', 'unknown') OR is_unaudited = 1;
`;

/** Creates the tables of what a home shares beside mail. */
export async function createHome(queries: Queries): Promise<void> {
  await queries.run(tables);
}
