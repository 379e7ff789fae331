import type { Accounts } from '../../accounts/accounts.ts';
import type { Configuration } from '../../core/configuration.ts';
import type { Home } from '../../core/home.ts';
import type { Logger } from '../../core/logger.ts';
import type { Environment } from '../../core/settings.ts';
import type { Safety } from '../../safety/open-safety.ts';
import type { Rights } from '../../safety/tokens/check-token.ts';
import type { HomeFeed } from '../../store/feed/home-feed.ts';
import type { HomeJobStore } from '../../store/jobs/home-job-store.ts';
import type { HomeLive } from '../../store/live/home-live.ts';
import type { Mailboxes } from '../../store/mail/mailboxes.ts';
import type { HomeWebhooks } from '../../store/webhooks/home-webhooks.ts';
import type { Confirm } from '../sending/confirm-send.ts';

/** Who calls: what they may do, and whether they are still there. */
export interface Caller extends Rights {
  readonly signal: AbortSignal;
  /** Asks a person about a send that policy parks; without it, `gmail-llm outbox` does. */
  readonly confirm?: Confirm;
  /** Through what a person was asked, where the call is a person's own decision; no token of an API has it. */
  readonly approver?: 'terminal' | 'session';
}

/** What every call needs, the same for all calls of a process. */
export interface Services {
  readonly home: Home;
  /** What the configuration was read from, for programs that are started to look at the same. */
  readonly environment: Environment;
  readonly configuration: Configuration;
  readonly accounts: Accounts;
  readonly safety: Safety;
  /** The local mailboxes, whichever backend serves calls. */
  readonly mailboxes: Mailboxes;
  /** Logins, and what processes share of live accounts. */
  readonly live: HomeLive;
  /** Where changes are published. */
  readonly feed: HomeFeed;
  /** What is done by itself, by one process of the home at a time. */
  readonly jobs: HomeJobStore;
  /** Who is told of events. */
  readonly webhooks: HomeWebhooks;
  readonly logger: Logger;
  /** IANA name of the zone in which days begin. */
  readonly timeZone: string;
  /** The clock that the hosts of a store share: whatever is stored is timed by it. Milliseconds since 1970. */
  readonly now: () => number;
  /** The clock of this host: its logs, files and processes are timed by it. */
  readonly hostNow: () => number;
}
