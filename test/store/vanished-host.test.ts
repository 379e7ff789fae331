import { join } from 'node:path';
import { test } from 'node:test';
import { runApart, skipWithoutNamespaces } from '../support/namespaces.ts';
import { skipWithoutPostgres } from '../support/postgres.ts';

test(
  'a host whose packets are lost keeps neither a lock nor connections for long',
  { skip: skipWithoutPostgres || skipWithoutNamespaces },
  async (t) => {
    await runApart(t, [join(import.meta.dirname, 'vanished-host-program.ts')]);
  },
);

test(
  'what a host gave up while its network was down is not done when the network is back',
  { skip: skipWithoutPostgres || skipWithoutNamespaces },
  async (t) => {
    await runApart(t, [join(import.meta.dirname, 'late-commit-program.ts')]);
  },
);
