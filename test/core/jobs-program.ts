/**
 * A process with a runner: `node jobs-program.ts DATA_FOLDER LEASE_MS`. Its one job goes on until it is stopped and
 * prints a line with its fence for every change that it makes.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { runJobs } from '../../src/core/jobs/run-jobs.ts';
import { openSqliteJobStore } from '../../src/store/sqlite/jobs/open-job-store.ts';

const [, , dataFolder = '', leaseMs = ''] = process.argv;
const store = openSqliteJobStore(dataFolder, Date.now);
runJobs({
  jobs: [
    {
      name: 'long',
      summary: 'Goes on.',
      everyMs: 10,
      retryMs: { first: 10, most: 10 },
      async run({ fence, refuseIfLost, signal }) {
        for (;;) {
          refuseIfLost();
          process.stdout.write(`${fence}\n`);
          await delay(5, undefined, { signal });
        }
      },
    },
  ],
  store: () => store,
  now: Date.now,
  random: Math.random,
  monotonicMs: () => performance.now(),
  leaseMs: Number(leaseMs),
});
setInterval(() => {}, 1000);
