import { openSqliteJobStore } from '../../../src/store/sqlite/jobs/open-job-store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { exerciseJobs } from './exercise-jobs.ts';

exerciseJobs('SQLite', (t, now) => {
  const folder = temporaryFolder(t);
  const open = () => openSqliteJobStore(folder, now);
  return [open(), open()];
});
