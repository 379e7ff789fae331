import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getHeapSpaceStatistics } from 'node:v8';
import { boundYoungGeneration } from '../../src/cli/bound-young-generation.ts';

const mebibyte = 1024 * 1024;

function youngMebibytes(): number {
  const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space');
  return (young?.space_size ?? 0) / mebibyte;
}

/** Work that leaves some of what it makes alive, by which V8 decides that its young generation is too small. */
function work(): readonly object[] {
  let alive: object[] = [];
  for (let index = 0; index < 50_000; index += 1) {
    alive.push({ index, text: `number ${index}` });
    if (alive.length > 20_000) alive = [];
  }
  return alive;
}

test('the young generation stops growing once it is large enough', () => {
  for (let round = 0; round < 100; round += 1) {
    work();
    boundYoungGeneration();
  }
  const megabytes = youngMebibytes();
  assert.ok(megabytes >= 16 && megabytes < 64, `it has ${megabytes} MB`);
});
