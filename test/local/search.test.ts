import { temporaryFolder } from '../support/temporary-folder.ts';
import { testQueryProperties } from './query-properties.ts';
import { openMailbox } from './temporary-mailbox.ts';

testQueryProperties('SQLite', async (t) => openMailbox(t, temporaryFolder(t)));
