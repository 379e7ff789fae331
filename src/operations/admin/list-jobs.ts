import * as z from 'zod';
import type { JobRecord } from '../../core/jobs/job-store.ts';
import { fence } from '../kernel/answer-text.ts';
import { defineHomeOperation } from '../kernel/define-home-operation.ts';
import { isoTime } from './iso-time.ts';

const time = z.iso.datetime();

const job = z
  .object({
    name: z.string(),
    runs: z.int(),
    failuresInRow: z.int(),
    startedAt: time.optional(),
    endedAt: time.optional().describe('Of the last run; missing while one is under way.'),
    nextAt: time,
    outcome: z.enum(['done', 'failed']).optional(),
    failure: z.string().optional(),
    facts: z.record(z.string(), z.union([z.number(), z.string()])).readonly(),
    runningOn: z.string().optional().describe('Host and process.'),
  })
  .readonly()
  .meta({ id: 'Job' });

/** What `list_jobs` returns. */
export const jobList = z.object({ jobs: z.array(job).readonly() });

type JobView = z.output<typeof job>;

function viewJob({ startedMs, endedMs, nextMs, ...record }: JobRecord): JobView {
  return {
    ...record,
    ...(startedMs === undefined ? {} : { startedAt: isoTime(startedMs) }),
    ...(endedMs === undefined ? {} : { endedAt: isoTime(endedMs) }),
    nextAt: isoTime(nextMs),
  };
}

function stateOf({ runningOn, outcome, failuresInRow, failure }: JobView): string {
  if (runningOn !== undefined) return `running on ${runningOn}`;
  if (failuresInRow > 0) return `failed ${failuresInRow} times in a row: ${failure ?? 'its process ended'}`;
  return outcome ?? 'begun';
}

/** A job as a line. */
export function jobLine(view: JobView): string {
  const facts = Object.entries(view.facts).map(([name, value]) => `${name} ${value}`);
  const last = view.endedAt === undefined ? '' : `, last ${view.endedAt}`;
  const found = facts.length === 0 ? '' : ` (${facts.join(', ')})`;
  return `${view.name}: ${stateOf(view)}${found}; ${view.runs} runs${last}, next ${view.nextAt}`;
}

export const listJobs = defineHomeOperation({
  name: 'list_jobs',
  route: 'GET /api/admin/jobs',
  grant: 'admin',
  toolset: 'admin',
  summary: 'What servers do by themselves: last runs, failures, when next.',
  input: {},
  output: jobList,
  run: async (_input, { services }) => ({ jobs: (await services.jobs.store().list()).map(viewJob) }),
  text: ({ jobs }) => (jobs.length === 0 ? 'No job has run yet.' : fence('jobs', jobs.map(jobLine).join('\n'))),
});
