import type { JobRecord } from '../core/jobs/job-store.ts';
import { metrics } from '../core/telemetry/metrics.ts';
import { processFamilies } from '../core/telemetry/process-families.ts';
import type { Family } from '../core/telemetry/prometheus-text.ts';
import type { Services } from '../operations/kernel/services.ts';
import { backlogFamilies, syncFamilies } from './sync-families.ts';

/** Adds to the figures of a server what is asked for when they are read: of the process, and of the jobs of its home. */
export function collectServerFigures(
  services: Pick<Services, 'jobs' | 'accounts' | 'webhooks' | 'feed' | 'live'>,
): void {
  const { jobs, accounts, webhooks, feed, live } = services;
  metrics.collect(async () => [
    ...processFamilies(),
    ...jobFamilies(await jobs.store().list()),
    ...syncFamilies(await accounts.sync(), live.now()),
    ...backlogFamilies(await webhooks.store().backlogs(), (await feed.feed().bounds()).newest),
  ]);
}

/** Jobs of one kind for several accounts are one figure: addresses do not belong into figures. */
function kindOf({ name }: JobRecord): string {
  return name.split(' ')[0] ?? name;
}

/** What the jobs' records say, whichever process ran them. */
function jobFamilies(records: readonly JobRecord[]): readonly Family[] {
  const kinds = [...new Set(records.map(kindOf))];
  const each = (value: (of: readonly JobRecord[]) => number) =>
    kinds.map((job) => ({ labels: { job }, value: value(records.filter((record) => kindOf(record) === job)) }));
  return [
    {
      name: 'gmail_llm_job_runs_total',
      type: 'counter',
      help: 'Runs of a job, by all processes of the home.',
      samples: each((of) => of.reduce((total, { runs }) => total + runs, 0)),
    },
    {
      name: 'gmail_llm_job_failures_in_row',
      type: 'gauge',
      help: 'Failures since the last run that went well.',
      samples: each((of) => Math.max(...of.map(({ failuresInRow }) => failuresInRow))),
    },
    {
      name: 'gmail_llm_job_ended_timestamp_seconds',
      type: 'gauge',
      help: 'When the last run ended.',
      samples: each((of) => Math.max(...of.map(({ endedMs = 0 }) => endedMs)) / 1000),
    },
    {
      name: 'gmail_llm_job_running',
      type: 'gauge',
      help: 'Runs that are under way.',
      samples: each((of) => of.filter(({ runningOn }) => runningOn !== undefined).length),
    },
  ];
}
