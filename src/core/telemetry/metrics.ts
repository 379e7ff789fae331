import { messageOf } from '../errors.ts';
import { logOf } from './log.ts';
import { prometheusText, type Family, type Sample } from './prometheus-text.ts';

const log = logOf('metrics');

/** A value for each label of a figure. Values come from our own tables only, so that their number is bounded. */
type Labels<Name extends string> = Readonly<Record<Name, string>>;

/** Counts what happened since the process started. */
interface Counter<Name extends string> {
  add(labels: Labels<Name>, amount?: number): void;
}

/** What is true now. */
interface Gauge<Name extends string> {
  set(labels: Labels<Name>, value: number): void;
}

/** How often what was measured lay below each of several bounds. */
interface Histogram<Name extends string> {
  observe(labels: Labels<Name>, value: number): void;
}

/** The figures of a process. */
export interface Metrics {
  counter<Name extends string = never>(name: string, help: string, labelNames?: readonly Name[]): Counter<Name>;
  gauge<Name extends string = never>(name: string, help: string, labelNames?: readonly Name[]): Gauge<Name>;
  /** `bounds` grow. */
  histogram<Name extends string = never>(
    name: string,
    help: string,
    bounds: readonly number[],
    labelNames?: readonly Name[],
  ): Histogram<Name>;
  /** Adds figures that are asked for when somebody reads them; returns the way to remove them. */
  collect(source: () => Promise<readonly Family[]>): () => void;
  /** Prometheus text of all figures that have a value, each with `common` labels. */
  render(common: Readonly<Record<string, string>>): Promise<string>;
}

/** Bounds for what takes from a millisecond to ten seconds, in seconds. */
export const secondsBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Series of one figure, by the values of their labels. */
function seriesMap<Name extends string, Series>(labelNames: readonly Name[], make: () => Series) {
  const all = new Map<string, { readonly labels: Labels<Name>; readonly series: Series }>();
  return {
    of(labels: Labels<Name>): Series {
      let key = '';
      for (const name of labelNames) key += `${labels[name]}\n`;
      let entry = all.get(key);
      if (entry === undefined) {
        entry = { labels, series: make() };
        all.set(key, entry);
      }
      return entry.series;
    },
    samples: (samplesOf: (labels: Labels<Name>, series: Series) => readonly Sample[]): readonly Sample[] =>
      [...all.values()].flatMap(({ labels, series }) => samplesOf(labels, series)),
  };
}

/** Makes the figures of a process; see {@link metrics}. */
export function createMetrics(): Metrics {
  const families = new Map<string, () => Family>();
  const sources = new Set<() => Promise<readonly Family[]>>();

  function register(name: string, type: Family['type'], help: string, samples: () => readonly Sample[]): void {
    if (families.has(name)) throw new Error(`there are two figures named ${name}`);
    families.set(name, () => ({ name, type, help, samples: samples() }));
  }

  /** A counter or a gauge: one number for each combination of labels. */
  function numbers<Name extends string>(
    type: 'counter' | 'gauge',
    name: string,
    help: string,
    labelNames: readonly Name[],
  ) {
    const map = seriesMap(labelNames, () => ({ value: 0 }));
    register(name, type, help, () => map.samples((labels, { value }) => [{ labels, value }]));
    return map;
  }

  return {
    counter(name, help, labelNames = []) {
      const map = numbers('counter', name, help, labelNames);
      return {
        add(labels, amount = 1) {
          map.of(labels).value += amount;
        },
      };
    },
    gauge(name, help, labelNames = []) {
      const map = numbers('gauge', name, help, labelNames);
      return {
        set(labels, value) {
          map.of(labels).value = value;
        },
      };
    },
    histogram(name, help, bounds, labelNames = []) {
      // The last bucket is for what lies above every bound.
      const map = seriesMap(labelNames, () => ({
        sum: 0,
        buckets: Array.from({ length: bounds.length + 1 }, () => 0),
      }));
      register(name, 'histogram', help, () =>
        map.samples((labels, { sum, buckets }) => {
          let count = 0;
          const upTo = buckets.map((bucket, index) => {
            count += bucket;
            return { labels: { ...labels, le: String(bounds[index] ?? '+Inf') }, value: count, suffix: '_bucket' };
          });
          return [...upTo, { labels, value: sum, suffix: '_sum' }, { labels, value: count, suffix: '_count' }];
        }),
      );
      return {
        observe(labels, value) {
          const series = map.of(labels);
          series.sum += value;
          let index = 0;
          while (index < bounds.length && value > (bounds[index] ?? 0)) index += 1;
          series.buckets[index] = (series.buckets[index] ?? 0) + 1;
        },
      };
    },
    collect(source) {
      sources.add(source);
      return () => sources.delete(source);
    },
    async render(common) {
      const collected = await Promise.all([...sources].map(orNothing));
      const all = [...[...families.values()].map((family) => family()), ...collected.flat()];
      const withCommon = all
        .filter(({ samples }) => samples.length > 0)
        .map((family) => ({
          ...family,
          samples: family.samples.map((sample) => ({ ...sample, labels: { ...common, ...sample.labels } })),
        }));
      return prometheusText(withCommon);
    },
  };
}

/** What a source has; one that fails leaves its figures out and does not hide the others. */
async function orNothing(source: () => Promise<readonly Family[]>): Promise<readonly Family[]> {
  try {
    return await source();
  } catch (error) {
    log.warn('figures could not be collected', { reason: messageOf(error) });
    return [];
  }
}

/** The figures of this process, at hand wherever work is done. */
export const metrics = createMetrics();
