import { test } from 'node:test';
import { skipWithoutPostgres, startPostgres } from '../support/postgres.ts';
import { absences, absentHosts } from './absent-hosts.ts';
import { beOvertaken } from './mirror-away.ts';

test(
  'a host that is cut off or asleep while it fills a mirror is overtaken, and writes over nothing when it is back',
  { skip: skipWithoutPostgres },
  async (t) => {
    const postgres = await startPostgres({ after: (clean) => t.after(clean) });
    const address = postgres.create('mail');
    await beOvertaken({
      address,
      hosts: (wanted) => absentHosts(t, { ...wanted, address }),
      ways: absences,
      say: (line) => t.diagnostic(line),
    });
  },
);
