import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { collectWhenQuiet } from '../../src/dashboard/collect-when-quiet.ts';

test('memory is collected when nothing has gone on for ten seconds, and not while something does', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const isKept = async (left: WeakRef<object>): Promise<boolean> => {
    // What a job has looked at is kept until its end.
    await nextTurn();
    return left.deref() !== undefined;
  };
  const quiet = collectWhenQuiet();
  const [endStream, endPage] = [quiet.begin(), quiet.begin()];
  const left = new WeakRef({ page: Array.from({ length: 1000 }, () => 1.5) });
  endPage();
  await nextTurn();
  t.mock.timers.tick(60_000);
  assert.ok(await isKept(left), 'a stream is open');
  endStream();
  await nextTurn();
  t.mock.timers.tick(9999);
  assert.ok(await isKept(left), 'somebody may come back');
  await nextTurn();
  t.mock.timers.tick(1);
  assert.ok(!(await isKept(left)));
  quiet.close();
});
