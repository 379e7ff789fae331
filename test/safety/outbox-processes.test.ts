import { temporaryFolder } from '../support/temporary-folder.ts';
import { exerciseOutboxKills, exerciseOutboxProcesses } from './exercise-outbox-processes.ts';

exerciseOutboxProcesses('SQLite', temporaryFolder);
exerciseOutboxKills('SQLite', temporaryFolder);
