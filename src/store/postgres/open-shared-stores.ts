import type { JobStore } from '../../core/jobs/job-store.ts';
import type { Feed } from '../feed/feed.ts';
import { processOwner } from '../../core/process-owner.ts';
import type { LiveState } from '../live/live-state.ts';
import type { LoginStore } from '../live/login-store.ts';
import type { OutboxStore } from '../outbox/outbox-store.ts';
import { createAuditLog, type SharedAuditLog } from '../sql/audit/create-audit-log.ts';
import { createFeed } from '../sql/feed/create-feed.ts';
import { createJobStore } from '../sql/jobs/create-job-store.ts';
import { createLiveState } from '../sql/live/create-live-state.ts';
import { createLoginStore } from '../sql/live/create-login-store.ts';
import { createOutboxStore } from '../sql/outbox/create-outbox-store.ts';
import { createWebhookStore } from '../sql/webhooks/create-webhook-store.ts';
import type { WebhookStore } from '../webhooks/webhook-store.ts';
import type { PostgresDatabase } from './database.ts';
import { watchFeed } from './watch-feed.ts';
import { sqlOnPostgres } from './sql-on-postgres.ts';

/** The feed of a home in a database that hosts share. */
export function openPostgresFeed(database: PostgresDatabase, now: () => number): Feed {
  return createFeed(sqlOnPostgres(database, 'feed'), watchFeed(database), now);
}

/** The jobs of a home; `now` is the time of the database, so that hosts whose clocks differ agree when a lease ends. */
export function openPostgresJobs(database: PostgresDatabase, now: () => number): JobStore {
  return createJobStore(sqlOnPostgres(database, 'jobs'), now);
}

/** The webhooks of a home. */
export function openPostgresWebhooks(database: PostgresDatabase): WebhookStore {
  return createWebhookStore(sqlOnPostgres(database, 'webhooks'));
}

/** The audit log of a home. */
export function openPostgresAudit(database: PostgresDatabase, now: () => number): SharedAuditLog {
  return createAuditLog(sqlOnPostgres(database, 'audit'), now);
}

/**
 * The outbox of a home. What it and the audit log say of an attempt to send is one transaction. `now` is the time of the
 * database, so that hosts whose clocks differ agree when a hold ends.
 */
export function openPostgresOutbox(
  database: PostgresDatabase,
  audit: () => SharedAuditLog,
  now: () => number,
): OutboxStore {
  return createOutboxStore(sqlOnPostgres(database, 'outbox'), audit, now);
}

/** The logins of a home. What was removed is overwritten when PostgreSQL cleans up; its secrets are encrypted all the same. */
export function openPostgresLogins(database: PostgresDatabase): LoginStore {
  return createLoginStore(sqlOnPostgres(database, 'logins'), async () => undefined);
}

/**
 * What hosts share of live accounts, for this process. `now` is the time of the database: units and leases are counted by one
 * clock, whatever those of the hosts say.
 */
export function openPostgresLiveState(database: PostgresDatabase, now: () => number): LiveState {
  const options = { owner: processOwner(), now, followTable: 'follow_state' } as const;
  return createLiveState(sqlOnPostgres(database, 'live'), options);
}
