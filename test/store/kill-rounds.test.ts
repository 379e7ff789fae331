import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { runApart, skipWithoutNamespaces } from '../support/namespaces.ts';
import { skipWithoutPostgres } from '../support/postgres.ts';
import { skipWithoutDisks } from '../support/small-disk.ts';
import { killRounds } from './kill-rounds.ts';

test('loses and repeats nothing when a server and PostgreSQL are killed', { skip: skipWithoutPostgres }, async (t) => {
  const result = await killRounds(t, { rounds: 2, seed: 3, settles: false, say: (line) => t.diagnostic(line) });
  assert.ok(result.sends > 3, JSON.stringify(result));
});

test('nor when its disk or that of its log is full', { skip: skipWithoutPostgres || skipWithoutDisks }, async (t) => {
  const say = (line: string) => t.diagnostic(line);
  const result = await killRounds(t, { rounds: 2, seed: 4, only: ['disk'], longestPartMs: 2000, settles: false, say });
  assert.ok(result.sends > 3, JSON.stringify(result));
});

/** Two rounds in which a host with a network of its own is parted from the others for some seconds. */
async function partRounds(t: TestContext, words: readonly string[]): Promise<void> {
  const program = join(import.meta.dirname, 'kill-rounds.ts');
  const short = [
    '--namespaces',
    '2',
    '--rounds',
    '2',
    '--only',
    'link,answers',
    '--longest-part',
    '5000',
    '--unsettled',
  ];
  const lines = (await runApart(t, [program, ...short, ...words])).trim().split('\n');
  for (const line of lines) t.diagnostic(line);
  assert.ok(JSON.parse(lines.at(-1) ?? '').sends > 3, lines.join());
}

const skip = skipWithoutPostgres || skipWithoutNamespaces;

test('loses and repeats nothing when the network of a host fails', { skip }, (t) => partRounds(t, []));

test('nor does a live account lose or repeat mail then', { skip }, (t) => partRounds(t, ['--live']));
