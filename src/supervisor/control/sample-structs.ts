import type { XmlRpcValue } from '../../core/supervisor/xml-rpc.ts';
import { sampleEverySeconds, type ProcessSamples } from '../process/process-samples.ts';

function row(values: readonly (number | undefined)[], digits: number): string {
  return values.map((value) => value?.toFixed(digits) ?? '').join(',');
}

/** Samples as the control socket has them: an hour of values in one text each, as XML for every value would be a megabyte. */
export function sampleStructs(kept: ProcessSamples): XmlRpcValue {
  return kept.series().map(({ name, samples }) => ({
    name,
    everySeconds: sampleEverySeconds,
    takenAt: new Date(kept.takenMs()).toISOString(),
    cpuPercent: row(
      samples.map(({ cpuPercent }) => cpuPercent),
      1,
    ),
    rssMegabytes: row(
      samples.map(({ rssBytes }) => (rssBytes === undefined ? undefined : rssBytes / 1_000_000)),
      1,
    ),
  }));
}
