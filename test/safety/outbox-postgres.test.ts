import { writeFileSync } from 'node:fs';
import { suite, type TestContext } from 'node:test';
import { skipWithoutPostgres } from '../support/postgres.ts';
import { postgresOfFile } from '../support/postgres-of-file.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { exerciseOutbox } from './exercise-outbox.ts';
import { exerciseOutboxProcesses } from './exercise-outbox-processes.ts';
import { exerciseOutboxSoak } from './exercise-outbox-soak.ts';
import { addressFile } from './outbox-parts.ts';

suite('sends on PostgreSQL', { skip: skipWithoutPostgres }, () => {
  const postgres = postgresOfFile();

  const newHome = (t: Pick<TestContext, 'after'>): string => {
    const home = temporaryFolder(t);
    writeFileSync(addressFile(home), postgres.create(t).address);
    return home;
  };

  exerciseOutbox('PostgreSQL', newHome);
  exerciseOutboxProcesses('PostgreSQL', newHome);
  exerciseOutboxSoak('PostgreSQL', newHome);
});
