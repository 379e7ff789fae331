import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseQuery } from '../../src/mail/query/parse-query.ts';
import { queryOperators } from '../../src/mail/query/query-operators.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/search.md'), 'utf8');
const options = { nowMs: Date.UTC(2026, 10, 22), timeZone: 'UTC', emailAddress: 'ann@example.org' };

/** What stands in backquotes in one column of the page's tables. */
function inTables(column: number): string[] {
  const rows = page.split('\n').filter((line) => line.startsWith('| `'));
  return rows.flatMap((row) =>
    Array.from((row.split(' | ')[column] ?? '').matchAll(/`([^`]+)`/g), (match) => match[1] ?? ''),
  );
}

test('every operator is on the page, and only those', () => {
  const named = inTables(0).filter((text) => /^[a-z0-9_]+:$/.test(text));
  assert.deepEqual(named.toSorted(), queryOperators.map(({ name }) => `${name}:`).toSorted());
});

test('every example on the page is a query', () => {
  const examples = [...inTables(0), ...inTables(1)].filter((text) => !/^[a-z0-9_]+:$/.test(text));
  assert.ok(examples.length > 30);
  for (const example of examples) assert.ok(parseQuery(example, options), example);
});

test('every query that the page calls refused is refused', () => {
  const refused = [
    'nosuch:x',
    'http://example.org',
    'has:drive',
    'is:muted',
    'category:purchases',
    'newer_than:2w',
    'after:2024',
    'from: ann',
    'invo*',
    '!!!',
  ];
  for (const query of refused) {
    assert.ok(page.includes(`\`${query}\``), query);
    assert.throws(() => parseQuery(query, options), { code: 'INVALID_INPUT' }, query);
  }
});
