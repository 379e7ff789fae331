import { prometheusText, type Family, type Sample } from '../../core/telemetry/prometheus-text.ts';
import { processFigures } from '../process/process-figures.ts';
import { processStates } from '../process/process-state.ts';
import type { Supervisor } from '../supervisor.ts';

function family(name: string, type: Family['type'], help: string, samples: readonly Sample[]): Family {
  return { name, type, help, samples };
}

/**
 * The figures of the supervisor and of every process at work as Prometheus text. Memory and
 * processor time of a process that does not run are left out; `now` is in milliseconds since 1970.
 */
export async function renderMetrics(supervisor: Supervisor, now: number): Promise<string> {
  const processes = await Promise.all(
    supervisor.members().map(async ({ process }) => ({
      labels: { group: process.groupName, name: process.configuration.name },
      process,
      figures: process.pid === 0 ? undefined : await processFigures(process.pid),
    })),
  );
  const each = (value: (item: (typeof processes)[number]) => number): readonly Sample[] =>
    processes.map((item) => ({ labels: item.labels, value: value(item) }));
  const measured = (value: (item: { rssBytes: number; cpuSeconds: number }) => number): readonly Sample[] =>
    processes.flatMap(({ labels, figures }) => (figures === undefined ? [] : [{ labels, value: value(figures) }]));
  const { rss } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  return prometheusText([
    family(
      'gmail_llm_process_state',
      'gauge',
      '1 for the state that the process is in.',
      processes.flatMap((item) =>
        Object.keys(processStates).map((state) => ({
          labels: { ...item.labels, state },
          value: Number(item.process.state === state),
        })),
      ),
    ),
    family(
      'gmail_llm_process_ready',
      'gauge',
      '1 once the process can serve.',
      each(({ process: { state, record } }) => Number(state === 'RUNNING' && record.waitsFor === '')),
    ),
    family(
      'gmail_llm_process_restarts_total',
      'counter',
      'Starts that nobody asked for.',
      each((item) => item.process.record.restarts),
    ),
    family(
      'gmail_llm_process_uptime_seconds',
      'gauge',
      'Time since the start of the process that runs; 0 when none does.',
      each(({ process: { pid, record } }) => (pid === 0 ? 0 : Math.max(0, now - record.startedAt) / 1000)),
    ),
    family(
      'gmail_llm_process_cpu_seconds_total',
      'counter',
      'Processor time of the process since its start.',
      measured(({ cpuSeconds }) => cpuSeconds),
    ),
    family(
      'gmail_llm_process_resident_memory_bytes',
      'gauge',
      'Resident memory of the process.',
      measured(({ rssBytes }) => rssBytes),
    ),
    family('gmail_llm_supervisor_uptime_seconds', 'gauge', 'Time since the start of the supervisor.', [
      { labels: {}, value: process.uptime() },
    ]),
    family('gmail_llm_supervisor_cpu_seconds_total', 'counter', 'Processor time of the supervisor.', [
      { labels: {}, value: (user + system) / 1e6 },
    ]),
    family('gmail_llm_supervisor_resident_memory_bytes', 'gauge', 'Resident memory of the supervisor.', [
      { labels: {}, value: rss },
    ]),
  ]);
}
