import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCommand } from '../cli/command-harness.ts';
import { makeHome, program, startSupervisor } from '../supervisor/harness.ts';

test('list_processes shows what the supervisor of the home runs, and that none runs', async (t) => {
  const home = makeHome(t, program('sleeper', 'sleep 60'));
  const call = async () => {
    const { code, stdout, stderr } = await runCommand(['call', 'list_processes'], { GMAIL_HOME: home.folder });
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as { isSupervised: boolean; processes: readonly Readonly<Record<string, unknown>>[] };
  };
  assert.deepEqual(await call(), { isSupervised: false, processes: [] });
  const { stop } = await startSupervisor(t, home);
  const { isSupervised, processes } = await call();
  assert.ok(isSupervised);
  const [sleeper] = processes;
  assert.equal(processes.length, 1);
  assert.deepEqual(
    [sleeper?.name, sleeper?.state, sleeper?.ready, sleeper?.restarts, sleeper?.exits],
    ['sleeper', 'RUNNING', true, 0, []],
  );
  assert.ok(Number(sleeper?.pid) > 0 && Number(sleeper?.rssBytes) > 0);
  await stop();
  assert.deepEqual(await call(), { isSupervised: false, processes: [] });
});
