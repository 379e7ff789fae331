import { exerciseOutboxSoak } from './exercise-outbox-soak.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

exerciseOutboxSoak('SQLite', temporaryFolder);
