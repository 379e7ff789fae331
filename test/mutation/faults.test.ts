import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { allFaults } from './all-faults.ts';
import { withFault } from './fault.ts';

const root = join(import.meta.dirname, '../..');

test('every fault has its place in the sources once, changes it, and leaves TypeScript', () => {
  for (const fault of allFaults) {
    const source = readFileSync(join(root, fault.file), 'utf8');
    const changed = withFault(source, fault);
    assert.notEqual(changed, source, fault.what);
    assert.doesNotThrow(() => stripTypeScriptTypes(changed), fault.what);
    for (const file of fault.tests) assert.ok(existsSync(join(root, file)), `${fault.what}: there is no ${file}`);
    assert.ok(fault.tests.length > 0, `${fault.what}: no test`);
  }
});

test('there are at least 60 faults, each once, and one in every room', () => {
  assert.ok(allFaults.length >= 60, `${allFaults.length}`);
  const names = allFaults.map(({ file, find, replace }) => [file, find, replace].join('\n'));
  assert.equal(new Set(names).size, names.length);
  // What stands in `bin` only starts the others.
  const rooms = readdirSync(join(root, 'src')).filter((room) => room !== 'bin');
  for (const room of rooms)
    assert.ok(
      allFaults.some(({ file }) => file.startsWith(`src/${room}/`)),
      room,
    );
});

test('a place that is not there, or twice, is refused', () => {
  const fault = { file: 'src/a.ts', what: 'b is c', find: 'b', replace: 'c', tests: [] };
  assert.equal(withFault('a b', fault), 'a c');
  assert.throws(() => withFault('a', fault), /expects exactly one `b` in src\/a\.ts, which has 0/);
  assert.throws(() => withFault('b b', fault), /which has 2/);
});
