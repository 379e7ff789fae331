import { Pool } from 'undici';

/** One request that is sent again and again. */
export interface Shot {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface LoadResult {
  readonly calls: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** The value below which a share of sorted numbers lies. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Sends a request over `connections` keep-alive connections, for `durationMs` or `calls` times; any answer but 200 is an error. */
export async function load(
  port: number,
  shot: Shot,
  {
    connections,
    ...until
  }: { readonly connections: number } & ({ readonly durationMs: number } | { readonly calls: number }),
): Promise<LoadResult> {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections, pipelining: 1 });
  const timesMs: number[] = [];
  const startedMs = performance.now();
  const isOver = (): boolean =>
    'calls' in until ? begun >= until.calls : performance.now() - startedMs >= until.durationMs;
  let begun = 0;
  const worker = async (): Promise<void> => {
    while (!isOver()) {
      begun += 1;
      const sentMs = performance.now();
      const { statusCode, body } = await pool.request({ ...shot });
      const text = await body.text();
      if (statusCode !== 200) throw new Error(`${shot.path} answered ${statusCode}: ${text}`);
      timesMs.push(performance.now() - sentMs);
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  const seconds = (performance.now() - startedMs) / 1000;
  await pool.close();
  timesMs.sort((a, b) => a - b);
  return {
    calls: timesMs.length,
    perSecond: timesMs.length / seconds,
    p50Ms: quantile(timesMs, 0.5),
    p99Ms: quantile(timesMs, 0.99),
  };
}
