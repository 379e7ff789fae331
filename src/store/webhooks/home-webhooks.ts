import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openSqliteWebhookStore } from '../sqlite/webhooks/open-webhook-store.ts';
import type { WebhookStore } from './webhook-store.ts';

/** The webhooks of a home, opened when they are first needed. */
export interface HomeWebhooks {
  /** Throws `UNAVAILABLE` when they cannot be opened. */
  readonly store: () => WebhookStore;
  /** Whether there ever was one: until then there is nothing to open. */
  readonly hasAny: () => boolean;
  readonly close: () => void;
}

/** The webhooks in `data/webhooks.db`. Opens nothing yet. */
export function homeWebhooks(dataFolder: string): HomeWebhooks {
  const file = join(dataFolder, 'webhooks.db');
  let opened: WebhookStore | undefined;
  return {
    store: () => (opened ??= openSqliteWebhookStore(file)),
    hasAny: () => opened !== undefined || existsSync(file),
    close: () => opened?.close(),
  };
}
