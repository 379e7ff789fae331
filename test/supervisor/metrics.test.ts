import assert from 'node:assert/strict';
import test from 'node:test';
import { eventually } from '../support/eventually.ts';
import { makeHome, program, startSupervisor } from './harness.ts';

/** The samples of Prometheus text by name and labels; fails where a line is none, or a family is not told of first. */
function readSamples(text: string): ReadonlyMap<string, number> {
  const told = new Set<string>();
  const samples = new Map<string, number>();
  assert.ok(text.endsWith('\n'));
  for (const line of text.trimEnd().split('\n')) {
    const [, kind, family] = /^# (HELP|TYPE) (\w+) \S/.exec(line) ?? [];
    if (kind !== undefined && family !== undefined) {
      assert.ok(!told.has(`${kind} ${family}`), `${kind} of ${family} comes twice`);
      told.add(`${kind} ${family}`);
      continue;
    }
    const [, name = '', labels = '', value] = /^(\w+)(\{(?:\w+="(?:[^"\\]|\\.)*",?)+\})? (\S+)$/.exec(line) ?? [];
    assert.ok(told.has(`TYPE ${name}`) && told.has(`HELP ${name}`), line);
    assert.ok(Number.isFinite(Number(value)), line);
    samples.set(`${name}${labels}`, Number(value));
  }
  return samples;
}

test('metrics tells state, readiness, restarts, uptime, processor time and memory of every process', async (t) => {
  const sections = program('cat', '/bin/cat') + program('off', '/bin/cat', { autostart: 'false' });
  const { ctl } = await startSupervisor(t, makeHome(t, sections));
  const first = Number((await ctl('pid', 'cat')).stdout);
  process.kill(first, 'SIGKILL');
  await eventually('a new process', async () => ![first, 0].includes(Number((await ctl('pid', 'cat')).stdout)));

  const { exitCode, stdout } = await ctl('metrics');
  assert.equal(exitCode, 0);
  const samples = readSamples(stdout);
  const valueOf = (name: string, labels: string): number | undefined => samples.get(`${name}{${labels}}`);
  const cat = 'group="cat",name="cat"';
  const off = 'group="off",name="off"';
  assert.equal(valueOf('gmail_llm_process_state', `${cat},state="RUNNING"`), 1);
  assert.equal(valueOf('gmail_llm_process_state', `${cat},state="STOPPED"`), 0);
  assert.equal(valueOf('gmail_llm_process_state', `${off},state="STOPPED"`), 1);
  assert.equal(valueOf('gmail_llm_process_ready', cat), 1);
  assert.equal(valueOf('gmail_llm_process_ready', off), 0);
  assert.equal(valueOf('gmail_llm_process_restarts_total', cat), 1);
  assert.equal(valueOf('gmail_llm_process_uptime_seconds', off), 0);
  assert.ok((valueOf('gmail_llm_process_uptime_seconds', cat) ?? 0) > 0);
  assert.ok((valueOf('gmail_llm_process_resident_memory_bytes', cat) ?? 0) > 100_000);
  assert.ok((valueOf('gmail_llm_process_cpu_seconds_total', cat) ?? -1) >= 0);
  assert.equal(valueOf('gmail_llm_process_resident_memory_bytes', off), undefined);
  assert.ok((samples.get('gmail_llm_supervisor_resident_memory_bytes') ?? 0) > 10_000_000);
  assert.equal((await ctl('metrics', 'x')).stdout, 'Error: metrics accepts no arguments\n');
});

test('status --json tells the reason and the time of the last ten deaths, the latest last', async (t) => {
  const { ctl } = await startSupervisor(t, makeHome(t, program('cat', '/bin/cat')));
  for (let count = 0; count < 10; count += 1) await ctl('restart', 'cat');
  await ctl('signal', 'INT', 'cat');
  const [status] = await eventually('eleven deaths', async () => {
    const answer = JSON.parse((await ctl('status', '--json')).stdout) as readonly {
      readonly restarts: number;
      readonly lastExit: object;
      readonly deaths: readonly { readonly time: string; readonly reason: string }[];
    }[];
    return answer[0]?.restarts === 1 && answer;
  });
  const deaths = status?.deaths ?? [];
  assert.deepEqual(
    deaths.map(({ reason }) => reason),
    [...Array.from({ length: 9 }, () => 'terminated by SIGTERM'), 'terminated by SIGINT'],
  );
  const times = deaths.map(({ time }) => Date.parse(time));
  assert.deepEqual(
    times.toSorted((a, b) => a - b),
    times,
  );
  assert.ok(times.every((time) => Math.abs(Date.now() - time) < 60_000));
  assert.deepEqual(status?.lastExit, deaths.at(-1));
});
