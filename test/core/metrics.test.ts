import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics } from '../../src/core/telemetry/metrics.ts';

test('counters add up, gauges are what they were set to, each by its labels', async () => {
  const metrics = createMetrics();
  const calls = metrics.counter('calls_total', 'Calls.', ['operation', 'code']);
  const free = metrics.gauge('free', 'What is free.');
  metrics.counter('never_total', 'Did not happen.');
  calls.add({ operation: 'a', code: 'OK' });
  calls.add({ operation: 'a', code: 'OK' }, 2);
  calls.add({ operation: 'a', code: 'NOT_FOUND' });
  free.set({}, 7);
  free.set({}, 5);
  assert.equal(
    await metrics.render({ server: 'x' }),
    `# HELP calls_total Calls.
# TYPE calls_total counter
calls_total{server="x",operation="a",code="OK"} 3
calls_total{server="x",operation="a",code="NOT_FOUND"} 1
# HELP free What is free.
# TYPE free gauge
free{server="x"} 5
`,
  );
});

test('a histogram counts what is at most each bound, all of it, and its sum', async () => {
  const metrics = createMetrics();
  const durations = metrics.histogram('seconds', 'Time.', [0.1, 1, 10], ['of']);
  for (const value of [0.05, 0.1, 0.100001, 1, 5, 10, 10.5]) durations.observe({ of: 'a' }, value);
  durations.observe({ of: 'b' }, 2);
  assert.equal(
    await metrics.render({}),
    `# HELP seconds Time.
# TYPE seconds histogram
seconds_bucket{of="a",le="0.1"} 2
seconds_bucket{of="a",le="1"} 4
seconds_bucket{of="a",le="10"} 6
seconds_bucket{of="a",le="+Inf"} 7
seconds_sum{of="a"} 26.750001
seconds_count{of="a"} 7
seconds_bucket{of="b",le="0.1"} 0
seconds_bucket{of="b",le="1"} 0
seconds_bucket{of="b",le="10"} 1
seconds_bucket{of="b",le="+Inf"} 1
seconds_sum{of="b"} 2
seconds_count{of="b"} 1
`,
  );
});

test('labels are escaped, and figures that are collected when asked for stand beside the others', async () => {
  const metrics = createMetrics();
  metrics.gauge('named', 'By name.', ['name']).set({ name: 'a"b\\c\nd' }, 1);
  const remove = metrics.collect(async () => [
    { name: 'found', type: 'gauge', help: 'Found.', samples: [{ labels: {}, value: 3 }] },
  ]);
  metrics.collect(async () => {
    throw new Error('out of order');
  });
  const text = await metrics.render({});
  assert.ok(text.includes(String.raw`named{name="a\"b\\c\nd"} 1` + '\n'));
  assert.ok(text.endsWith('# TYPE found gauge\nfound 3\n'));
  remove();
  assert.ok(!(await metrics.render({})).includes('found'));
});

test('two figures of one name are a mistake', () => {
  const metrics = createMetrics();
  metrics.counter('twice', 'Once.');
  assert.throws(() => metrics.gauge('twice', 'Again.'), { message: 'there are two figures named twice' });
});
