import assert from 'node:assert/strict';
import { test } from 'node:test';
import { skipWithoutPostgres } from '../support/postgres.ts';
import { killRounds } from './kill-rounds.ts';

test('loses and repeats nothing when a server and PostgreSQL are killed', { skip: skipWithoutPostgres }, async (t) => {
  const result = await killRounds(t, { rounds: 2, seed: 3, settles: false, say: (line) => t.diagnostic(line) });
  assert.ok(result.sends > 3, JSON.stringify(result));
});
