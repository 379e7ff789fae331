import type { Family } from './prometheus-text.ts';

function family(name: string, type: Family['type'], help: string, value: number): Family {
  return { name, type, help, samples: [{ labels: {}, value }] };
}

/** What this process uses of its machine, by the names that Prometheus clients have for it. */
export function processFamilies(): readonly Family[] {
  const { rss } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  return [
    family('process_resident_memory_bytes', 'gauge', 'Resident memory of this process.', rss),
    family('process_cpu_seconds_total', 'counter', 'Processor time of this process.', (user + system) / 1e6),
    family('process_uptime_seconds', 'gauge', 'Time since this process started.', process.uptime()),
  ];
}
