import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { sampleStructs } from '../../src/supervisor/control/sample-structs.ts';
import { processSamples } from '../../src/supervisor/process/process-samples.ts';

test('samples of a process go on after its end, with gaps while none runs, and stop when told to', async (t) => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  t.after(() => child.kill('SIGKILL'));
  const running = { name: 'server', pid: child.pid ?? 0 };
  const samples = processSamples(
    () => [running, { name: 'stopped', pid: 0 }],
    () => performance.now(),
  );
  const stop = samples.begin(5);
  t.after(stop);
  const of = (name: string) => samples.series().find((each) => each.name === name)?.samples ?? [];
  const until = async (isTrue: () => boolean) => {
    const deadline = AbortSignal.timeout(20_000);
    while (!isTrue()) await delay(5, undefined, { signal: deadline });
  };
  await until(() => of('server').filter(({ cpuPercent }) => cpuPercent !== undefined).length >= 2);
  assert.ok(of('server').every(({ rssBytes }) => rssBytes !== undefined && rssBytes > 1_000_000));

  child.kill('SIGKILL');
  await once(child, 'exit');
  running.pid = 0;
  await until(() => of('server').at(-1)?.rssBytes === undefined);
  assert.ok(
    of('server').some(({ rssBytes }) => rssBytes !== undefined),
    'what it used is still there',
  );
  const [shown, stopped] = sampleStructs(samples) as readonly Record<string, string>[];
  assert.match(String(shown?.rssMegabytes), /^\d+\.\d,.*,$/);
  assert.match(String(stopped?.cpuPercent), /^,+$/);

  stop();
  await delay(20);
  const count = of('server').length;
  await delay(30);
  assert.equal(of('server').length, count);
});

test('an hour is kept and no more', async (t) => {
  const samples = processSamples(
    () => [{ name: 'stopped', pid: 0 }],
    () => 0,
  );
  t.after(samples.begin(0));
  const count = () => samples.series()[0]?.samples.length ?? 0;
  while (count() < 360) await delay(1);
  await delay(50);
  assert.equal(count(), 360);
});
