import { homeJobStore } from '../../src/store/jobs/home-job-store.ts';

/** Lets a home have a job, `tidy`, that ran once. */
export async function seedJob(dataFolder: string): Promise<void> {
  const { store, close } = homeJobStore(dataFolder, Date.now);
  const taken = await store().take('tidy', { ttlMs: 1000, longestMs: 1000 });
  if (taken.kind === 'taken') {
    await store().finish(taken.lease, { outcome: 'done', facts: { files: 3 }, nextMs: Date.now() + 60_000 });
  }
  close();
}
