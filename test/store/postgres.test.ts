import { suite } from 'node:test';
import {
  openPostgresFeed,
  openPostgresJobs,
  openPostgresLiveState,
  openPostgresLogins,
  openPostgresWebhooks,
} from '../../src/store/postgres/open-shared-stores.ts';
import { skipWithoutPostgres } from '../support/postgres.ts';
import { postgresOfFile } from '../support/postgres-of-file.ts';
import { exerciseFeed } from './feed/exercise-feed.ts';
import { exerciseJobs } from './jobs/exercise-jobs.ts';
import { exerciseLive } from './live/exercise-live.ts';
import { exerciseWebhooks } from './webhooks/exercise-webhooks.ts';

suite('what a home shares on PostgreSQL', { skip: skipWithoutPostgres }, () => {
  const postgres = postgresOfFile();

  exerciseFeed('PostgreSQL', (t, now) => {
    const { address, databases } = postgres.create(t);
    const [database, other] = databases;
    return {
      feed: openPostgresFeed(database, now),
      openAgain: () => openPostgresFeed(other, now),
      place: { address },
    };
  });

  exerciseJobs('PostgreSQL', (t, now) => {
    const [database, other] = postgres.create(t).databases;
    return [openPostgresJobs(database, now), openPostgresJobs(other, now)];
  });

  exerciseLive('PostgreSQL', (t, now) => {
    const [database, other] = postgres.create(t).databases;
    return {
      states: [openPostgresLiveState(database, now), openPostgresLiveState(other, now)],
      logins: [openPostgresLogins(database), openPostgresLogins(other)],
    };
  });

  exerciseWebhooks('PostgreSQL', (t) => openPostgresWebhooks(postgres.create(t).databases[0]));
});
