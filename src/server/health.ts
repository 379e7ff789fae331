import type { AccountHealth } from '../accounts/account-health.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { Rights } from '../safety/tokens/check-token.ts';
import type { Awaitable } from '../core/awaitable.ts';
import { AppError, messageOf } from '../core/errors.ts';
import type { JobTrouble } from '../core/jobs/run-jobs.ts';
import { version } from '../core/version.ts';
import { isAway } from '../store/is-away.ts';
import type { SyncStatuses, WebhookBacklogs } from './sync-families.ts';
import { sendJson, type PublicAnswer, type PublicExchange } from './http-server.ts';

/** When to ask again a server whose store is away: it is ready as soon as that is back. */
const retryAfterSeconds = 5;

/** Something that does not work, as those see it who show a token. */
interface Reason {
  readonly code: string;
  readonly message: string;
  readonly account?: string;
  readonly job?: string;
  readonly hint?: string;
}

/** What the health of a server is made of. */
export interface HealthParts {
  readonly accounts: Pick<Accounts, 'health'>;
  /** Jobs that are late or fail. */
  readonly jobs: () => Promise<readonly JobTrouble[]>;
  /** How live accounts are followed, and what webhooks have still to be told, for those who show a token. */
  readonly sync?: () => Promise<SyncStatuses>;
  readonly webhooks?: () => Promise<WebhookBacklogs>;
  /** Whether everything is in a store that may be away and comes back by itself. */
  readonly hasSharedStore: boolean;
  /** Whether the process was told to stop. */
  readonly isStopping: () => boolean;
  /** Whoever shows a token may see the addresses of its accounts; undefined for everybody else. */
  readonly viewer: (exchange: PublicExchange) => Awaitable<Pick<Rights, 'accounts'> | undefined>;
}

/**
 * `/health/live`: the process answers. `/health/ready`: 200 as soon as calls can be served, with a `status` of `ready` or,
 * where not everything works, `degraded`, and the codes of the reasons; 503 only when no call can be served, with `Retry-After`
 * where that will pass by itself. Nobody outside of this machine is asked. Addresses and texts are for those who show a token.
 */
export function answerHealth(parts: HealthParts): readonly (readonly [string, PublicAnswer])[] {
  const origin = { version, pid: process.pid };
  return [
    ['/health/live', ({ response }) => sendJson(response, 200, { status: 'live', ...origin })],
    [
      '/health/ready',
      async (exchange) => {
        const { response, requestId } = exchange;
        const viewer = await parts.viewer(exchange);
        try {
          if (parts.isStopping()) throw new AppError('UNAVAILABLE', 'The server is stopping.');
          const health = await parts.accounts.health();
          const reasons: readonly Reason[] = [...health.flatMap(reasonOf), ...(await parts.jobs())];
          const codes = [...new Set(reasons.map(({ code }) => code))];
          const status = codes.length === 0 ? 'ready' : 'degraded';
          const details =
            viewer === undefined
              ? {}
              : { ...detailsFor(viewer, health, reasons), ...(await progressFor(viewer, parts)) };
          sendJson(response, 200, { status, reasons: codes, ...origin, ...details });
        } catch (error) {
          const code = error instanceof AppError ? error.code : 'INTERNAL';
          if (parts.hasSharedStore && isAway(error)) response.setHeader('retry-after', retryAfterSeconds);
          const { hint } = error instanceof AppError ? error.details : {};
          const reason =
            viewer === undefined ? {} : { reason: messageOf(error), ...(hint === undefined ? {} : { hint }) };
          sendJson(response, 503, { status: 'unready', reasons: [code], ...origin, ...reason, requestId });
        }
      },
    ],
  ];
}

function reasonOf({ trouble: code, message = '', account, hint }: AccountHealth): readonly Reason[] {
  if (code === undefined) return [];
  return [{ code, message, ...(account === undefined ? {} : { account }), ...(hint === undefined ? {} : { hint }) }];
}

/** The account that is meant where none is named, and the reasons, as far as the viewer's token is good for them. */
function detailsFor(
  { accounts }: Pick<Rights, 'accounts'>,
  health: readonly AccountHealth[],
  reasons: readonly Reason[],
): { readonly account?: string; readonly details: readonly Reason[] } {
  const isVisible = (account: string | undefined) =>
    accounts === undefined || (account !== undefined && accounts.has(account));
  const usable = health.flatMap(({ account, trouble }) =>
    trouble === undefined && account !== undefined ? [account] : [],
  );
  const first = usable.find(isVisible);
  const details = reasons.filter(({ account }) => account === undefined || isVisible(account));
  return first === undefined ? { details } : { account: first, details };
}

/** How accounts of the viewer's token are followed, and, for tokens of all accounts, what webhooks have still to be told. */
async function progressFor(
  { accounts }: Pick<Rights, 'accounts'>,
  { sync, webhooks }: Pick<HealthParts, 'sync' | 'webhooks'>,
): Promise<{ readonly sync?: SyncStatuses; readonly webhooks?: WebhookBacklogs }> {
  const statuses = ((await sync?.()) ?? []).filter(({ account }) => accounts === undefined || accounts.has(account));
  const backlogs = accounts === undefined ? ((await webhooks?.()) ?? []) : [];
  return {
    ...(statuses.length === 0 ? {} : { sync: statuses }),
    ...(backlogs.length === 0 ? {} : { webhooks: backlogs }),
  };
}
