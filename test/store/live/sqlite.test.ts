import { sqliteLive } from '../../../src/store/live/home-live.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { exerciseLive } from './exercise-live.ts';

exerciseLive('SQLite', (t, now) => {
  const live = sqliteLive(temporaryFolder(t), now);
  const logins = [live.logins(), live.logins()] as const;
  t.after(() => {
    for (const store of logins) store.close();
  });
  return { logins, states: [live.state(), live.state()] };
});
