import type * as z from 'zod';
import { jobList, listJobs } from '../../operations/admin/list-jobs.ts';
import { runJob } from '../../operations/admin/run-job.ts';
import { printableLine } from '../../mail/text/printable-text.ts';
import { html, type Html, type Part } from '../html/html.ts';
import { count, moment, nothing, numbers, section, state, table } from '../html/parts.ts';
import type { Action, Page } from '../page.ts';
import type { PageCall } from '../page-call.ts';

type Job = z.output<typeof jobList>['jobs'][number];

function jobState({ runningOn, failuresInRow, outcome, failure }: Job): Html {
  if (runningOn !== undefined) return html`${state('busy', 'running')} <small>${runningOn}</small>`;
  if (failuresInRow > 0) {
    return html`${state('bad', `failed ${failuresInRow} times in a row`)}
      <small>${printableLine(failure ?? 'its process ended')}</small>`;
  }
  return outcome === undefined ? state('off', 'not run yet') : state('good', outcome);
}

function jobRow(job: Job, call: PageCall): readonly Part[] {
  const facts = Object.entries(job.facts).map(([name, value]) => `${name} ${value}`);
  return [
    job.name,
    jobState(job),
    facts.join(', '),
    count(job.runs),
    job.endedAt === undefined ? '–' : moment(Date.parse(job.endedAt)),
    moment(Date.parse(job.nextAt)),
    call.form(
      '/jobs/run',
      html`<input type="hidden" name="name" value="${job.name}" /><button>
          Run<span class="unseen"> ${job.name}</span>
        </button>`,
    ),
  ];
}

export const jobsPage: Page = {
  path: '/jobs',
  section: '/jobs',
  navigation: 'Jobs',
  async render(call) {
    const { jobs } = await call.read(listJobs, jobList, {});
    return {
      title: 'Jobs',
      main: section(
        { id: 'jobs', title: 'What servers do by themselves', live: 'jobs' },
        jobs.length === 0
          ? nothing('No job has run yet: a server has to run for that.')
          : table(
              'Jobs',
              ['Job', 'State', 'Result', numbers('Runs'), 'Last run', 'Next run', 'Run it'],
              jobs.map((job) => jobRow(job, call)),
            ),
      ),
    };
  },
};

export const jobActions: readonly Action[] = [
  {
    path: '/jobs/run',
    async run(form, call) {
      const name = form.get('name') ?? '';
      await call.invoke(runJob, { name });
      return { to: call.link('/jobs'), notice: `${name} is due now; a server that runs begins it within ten seconds.` };
    },
  },
];
