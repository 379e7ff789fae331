import { join } from 'node:path';
import { test } from 'node:test';
import { runApart, skipWithoutNamespaces } from '../support/namespaces.ts';
import { skipWithoutPostgres } from '../support/postgres.ts';

test(
  'a host whose network fails in one direction while it fills a mirror is overtaken, and writes over nothing when it is back',
  { skip: skipWithoutPostgres || skipWithoutNamespaces },
  async (t) => {
    t.diagnostic(await runApart(t, [join(import.meta.dirname, 'parted-mirror-program.ts')]));
  },
);
