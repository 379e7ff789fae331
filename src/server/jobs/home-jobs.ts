import type { Job } from '../../core/jobs/job.ts';
import { runJobs, type JobRunner } from '../../core/jobs/run-jobs.ts';
import type { Services } from '../../operations/kernel/services.ts';
import { diskUseJob } from './disk-use.ts';
import { outboxJob } from './outbox-job.ts';
import { webhookJobs } from './webhooks-job.ts';

const hourMs = 60 * 60 * 1000;
const retryMs = { first: 60_000, most: hourMs };

/** What has to be tidied now and then. */
function sweeps({ safety, feed }: Pick<Services, 'safety' | 'feed'>): readonly Job[] {
  return [
    {
      name: 'outbox-prune',
      summary: 'Forgets what was sent long ago.',
      everyMs: 24 * hourMs,
      retryMs,
      isNeeded: () => safety.hasOutbox(),
      run: async () => ({ facts: { forgotten: await safety.outboxStore().forgetOld() } }),
    },
    {
      name: 'uploads-sweep',
      summary: 'Deletes uploaded files that nobody attached within an hour.',
      everyMs: hourMs / 4,
      retryMs,
      isNeeded: async () => safety.uploads.hasAny(),
      run: async () => ({ facts: { bytesLeft: await safety.uploads.sweep() } }),
    },
    {
      name: 'events-prune',
      summary: 'Forgets events that are older than a week.',
      everyMs: hourMs,
      retryMs,
      isNeeded: () => feed.hasAny(),
      async run() {
        await feed.feed().prune();
        const { oldest, newest } = await feed.feed().bounds();
        return { facts: { kept: newest - oldest } };
      },
    },
  ];
}

/** Starts everything that a server does by itself. */
export function startHomeJobs(
  services: Pick<
    Services,
    'home' | 'accounts' | 'safety' | 'feed' | 'jobs' | 'webhooks' | 'timeZone' | 'now' | 'hostNow'
  >,
): JobRunner {
  const jobs = [
    outboxJob(services),
    ...sweeps(services),
    diskUseJob(services),
    ...webhookJobs(services, Math.random),
    ...services.accounts.jobs(),
  ];
  return runJobs({
    jobs,
    store: services.jobs.store,
    now: services.now,
    hostNow: services.hostNow,
    random: Math.random,
    monotonicMs: () => performance.now(),
  });
}
