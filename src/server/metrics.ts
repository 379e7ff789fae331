import type { Outcome } from '../operations/kernel/invoke.ts';

/** Upper bounds of the duration buckets, in seconds. */
const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

interface Series {
  count: number;
  seconds: number;
  /** How many calls took longer than the bound before and at most the bound of the same place. */
  readonly buckets: number[];
}

/** Counts of calls since the process started. */
export interface Metrics {
  readonly observe: (outcome: Outcome) => void;
  /** Prometheus text, exposition format 0.0.4. */
  readonly render: () => string;
}

/** Makes the counters of one server. Label values come from our own tables only, so their number is bounded. */
export function createMetrics(server: string): Metrics {
  const operations = new Map<string, Map<string, Series>>();

  function seriesOf(operation: string, code: string): Series {
    let codes = operations.get(operation);
    if (codes === undefined) {
      codes = new Map();
      operations.set(operation, codes);
    }
    let series = codes.get(code);
    if (series === undefined) {
      series = { count: 0, seconds: 0, buckets: bounds.map(() => 0) };
      codes.set(code, series);
    }
    return series;
  }

  return {
    observe({ operation, code, seconds }) {
      const series = seriesOf(operation, code);
      series.count += 1;
      series.seconds += seconds;
      const index = bounds.findIndex((bound) => seconds <= bound);
      if (index !== -1) series.buckets[index] = (series.buckets[index] ?? 0) + 1;
    },
    render() {
      const { rss } = process.memoryUsage();
      const { user, system } = process.cpuUsage();
      const lines = [
        '# HELP gmail_llm_call_duration_seconds Calls of operations, by outcome.',
        '# TYPE gmail_llm_call_duration_seconds histogram',
      ];
      for (const [operation, codes] of operations) {
        for (const [code, { count, seconds, buckets }] of codes) {
          const labels = `server="${server}",operation="${operation}",code="${code}"`;
          let upTo = 0;
          for (const [index, bound] of bounds.entries()) {
            upTo += buckets[index] ?? 0;
            lines.push(`gmail_llm_call_duration_seconds_bucket{${labels},le="${bound}"} ${upTo}`);
          }
          lines.push(
            `gmail_llm_call_duration_seconds_bucket{${labels},le="+Inf"} ${count}`,
            `gmail_llm_call_duration_seconds_sum{${labels}} ${seconds}`,
            `gmail_llm_call_duration_seconds_count{${labels}} ${count}`,
          );
        }
      }
      lines.push(
        '# HELP process_resident_memory_bytes Resident memory of this process.',
        '# TYPE process_resident_memory_bytes gauge',
        `process_resident_memory_bytes{server="${server}"} ${rss}`,
        '# HELP process_cpu_seconds_total Processor time of this process.',
        '# TYPE process_cpu_seconds_total counter',
        `process_cpu_seconds_total{server="${server}"} ${(user + system) / 1e6}`,
        '# HELP process_uptime_seconds Time since this process started.',
        '# TYPE process_uptime_seconds gauge',
        `process_uptime_seconds{server="${server}"} ${process.uptime()}`,
      );
      return `${lines.join('\n')}\n`;
    },
  };
}
