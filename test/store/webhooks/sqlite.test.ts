import { join } from 'node:path';
import { openSqliteWebhookStore } from '../../../src/store/sqlite/webhooks/open-webhook-store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { exerciseWebhooks } from './exercise-webhooks.ts';

exerciseWebhooks('SQLite', (t) => {
  const store = openSqliteWebhookStore(join(temporaryFolder(t), 'webhooks.db'));
  t.after(() => store.close());
  return store;
});
