import { suite } from 'node:test';
import { openMailStore } from '../../../src/store/postgres/mail/open-mail-store.ts';
import { skipWithoutPostgres } from '../../support/postgres.ts';
import { postgresOfFile } from '../../support/postgres-of-file.ts';
import { exerciseMailStore } from './exercise-mail-store.ts';

suite('PostgreSQL', { skip: skipWithoutPostgres }, () => {
  const postgres = postgresOfFile();
  let opened = 0;

  exerciseMailStore('PostgreSQL', async () => {
    const [database, other] = postgres.databases;
    opened += 1;
    const emailAddress = `me${opened}@example.org`;
    return {
      store: await openMailStore(database, emailAddress),
      openAgain: () => openMailStore(other, emailAddress),
      capabilities: { waitsForWork: true },
    };
  });
});
