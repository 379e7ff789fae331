// A process that shares an account with others: `node channel-child-program.ts JSON`. It says `ready`, waits for a line on its
// standard input, lets its workers ask until the time is over, and prints what became of their requests as JSON.
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../src/core/errors.ts';
import { runInContext } from '../../src/core/context.ts';
import { createChannel } from '../../src/gmail/channel/create-channel.ts';
import { openSharedState } from './open-shared-state.ts';
import { openCredentialStore } from '../../src/gmail/credentials/open-credential-store.ts';
import { account, apiRequest } from './channel-parts.ts';

/** What a child does. */
export interface ChildTask {
  readonly folder: string;
  readonly rootUrl: string;
  readonly workers: number;
  /** No new request after this. */
  readonly durationMs: number;
  /** On a slow machine longer than that, until the quota has refused a request. */
  readonly untilRefused?: boolean;
  readonly patienceMs: number;
  readonly urgency?: 'interactive' | 'background';
  /** Requests of each worker; default: as many as there is time for. */
  readonly requests?: number;
  /** Rest of a worker between its requests. */
  readonly pauseMs?: number;
  readonly quotaUnitsPerMinute?: number;
  readonly concurrency?: number;
  readonly methodId?: string;
  readonly path?: string;
}

/** What became of a child's requests. */
export interface ChildResult {
  /** How often: `OK`, or the code of the error. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly slowestMs: number;
  /** The message of the first error. */
  readonly firstError?: string;
}

async function main(task: ChildTask): Promise<void> {
  const { folder, rootUrl, workers, durationMs, patienceMs, urgency = 'interactive', quotaUnitsPerMinute } = task;
  const store = openCredentialStore(folder, { keyStore: 'file' });
  const state = openSharedState(folder);
  const channel = createChannel({
    account,
    store,
    state,
    configuration: {
      apiRootUrl: rootUrl,
      oauthRootUrl: rootUrl,
      quota: '2026',
      concurrency: task.concurrency ?? 8,
      ...(quotaUnitsPerMinute === undefined ? {} : { quotaUnitsPerMinute }),
    },
  });
  console.log('ready');
  await once(process.stdin, 'data');
  const outcomes: Record<string, number> = {};
  let [slowestMs, firstError] = [0, ''];
  const endMs = performance.now() + durationMs;
  const goesOn = () => performance.now() < endMs || (task.untilRefused === true && outcomes.RATE_LIMITED === undefined);
  const work = async () => {
    for (let count = 0; goesOn() && count < (task.requests ?? Infinity); count += 1) {
      const startedMs = performance.now();
      let outcome = 'OK';
      try {
        const context = { requestId: 'child', transport: 'rest', deadlineMs: startedMs + patienceMs, urgency } as const;
        await runInContext(context, () =>
          channel.send(
            apiRequest(rootUrl, {
              ...(task.path === undefined ? {} : { path: task.path }),
              ...(task.methodId === undefined ? {} : { methodIds: [task.methodId] }),
            }),
          ),
        );
      } catch (error) {
        outcome = error instanceof AppError ? error.code : 'INTERNAL';
        if (firstError === '') firstError = String(error);
        // Whoever is told to come back later does not come back at once.
        if (outcome === 'RATE_LIMITED') await delay(100);
      }
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      slowestMs = Math.max(slowestMs, performance.now() - startedMs);
      if (task.pauseMs !== undefined) await delay(task.pauseMs);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  channel.close();
  await state.close();
  store.close();
  console.log(JSON.stringify({ outcomes, slowestMs, ...(firstError === '' ? {} : { firstError }) }));
  process.exit();
}

if (import.meta.main) await main(JSON.parse(process.argv[2] ?? '{}') as ChildTask);
