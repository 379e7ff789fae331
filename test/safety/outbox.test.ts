import { temporaryFolder } from '../support/temporary-folder.ts';
import { exerciseOutbox } from './exercise-outbox.ts';

exerciseOutbox('SQLite', temporaryFolder);
