import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { instantOf, subtractFrom, wallTimeAt } from '../../src/core/zoned-time.ts';

const midnights: readonly (readonly [
  what: string,
  timeZone: string,
  day: readonly [number, number, number],
  iso: string,
])[] = [
  ['a plain day', 'Europe/Berlin', [2026, 1, 15], '2026-01-14T23:00:00Z'],
  ['the day summer time begins', 'Europe/Berlin', [2026, 3, 29], '2026-03-28T23:00:00Z'],
  ['the day after', 'Europe/Berlin', [2026, 3, 30], '2026-03-29T22:00:00Z'],
  ['the day summer time ends', 'America/New_York', [2026, 11, 1], '2026-11-01T04:00:00Z'],
  ['a day whose midnight is leapt over', 'America/Sao_Paulo', [2018, 11, 4], '2018-11-04T03:00:00Z'],
  ['a day whose midnight comes twice', 'America/Havana', [2025, 11, 2], '2025-11-02T04:00:00Z'],
  ['a day behind a midnight that was put back', 'America/Sao_Paulo', [2018, 2, 18], '2018-02-18T03:00:00Z'],
  ['a zone of half hours', 'Asia/Kolkata', [2026, 6, 1], '2026-05-31T18:30:00Z'],
  ['a day that did not exist', 'Pacific/Apia', [2011, 12, 30], '2011-12-30T10:00:00Z'],
];

for (const [what, timeZone, [year, month, day], iso] of midnights) {
  test(`finds the beginning of ${what} in ${timeZone}`, () => {
    const instantMs = instantOf({ year, month, day, hour: 0, minute: 0, second: 0 }, timeZone);
    assert.equal(new Date(instantMs).toISOString(), new Date(iso).toISOString());
  });
}

test('goes back by days, months and years of the calendar', () => {
  const wall = { year: 2026, month: 3, day: 31, hour: 9, minute: 8, second: 7 };
  assert.deepEqual(subtractFrom(wall, 31, 'days'), { ...wall, month: 2, day: 28 });
  assert.deepEqual(subtractFrom(wall, 1, 'months'), { ...wall, month: 2, day: 28 });
  assert.deepEqual(subtractFrom(wall, 15, 'months'), { ...wall, year: 2024, month: 12 });
  assert.deepEqual(subtractFrom({ ...wall, month: 2, day: 29, year: 2024 }, 1, 'years'), {
    ...wall,
    year: 2023,
    month: 2,
    day: 28,
  });
});

test('the instant of what a clock shows is the first at which it shows that', () => {
  const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu');
  const seconds = fc.integer({ min: 0, max: 4_000_000_000 });
  fc.assert(
    fc.property(zones, seconds, (timeZone, second) => {
      const instantMs = second * 1000;
      const wall = wallTimeAt(instantMs, timeZone);
      const first = instantOf(wall, timeZone);
      assert.ok(first <= instantMs);
      assert.deepEqual(wallTimeAt(first, timeZone), wall);
    }),
    { numRuns: 300 },
  );
});
