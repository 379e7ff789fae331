import { openMailStore } from '../../../src/store/sqlite/mail/open-mail-store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { exerciseMailStore } from './exercise-mail-store.ts';

exerciseMailStore('SQLite', async (t) => {
  const folder = temporaryFolder(t);
  const open = () => {
    const store = openMailStore(folder);
    t.after(() => store.close());
    return store;
  };
  return { store: open(), openAgain: async () => open(), capabilities: { waitsForWork: false } };
});
