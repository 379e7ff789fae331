import { setTimeout as wait } from 'node:timers/promises';
import type { ExtraConfiguration } from '../configuration/supervisor-configuration.ts';
import { probeUrl } from './probe-url.ts';
import { processFigures } from './process-figures.ts';

/** Why a running process has to be replaced. */
export interface Illness {
  readonly reason: string;
  /** It answers nothing at all, and will not hear a stop signal either. */
  readonly isHung: boolean;
}

/**
 * Watches a running process by its live check and its memory limit. Answers the reason to replace it as soon as there is
 * one; undefined when `signal` aborts first, or there is nothing to watch.
 */
export async function watchHealth(
  pid: number,
  extra: ExtraConfiguration,
  signal: AbortSignal,
): Promise<Illness | undefined> {
  const { liveUrl, maximumRssBytes } = extra;
  if (liveUrl === undefined && maximumRssBytes <= 0) return undefined;
  let failures = 0;
  for (;;) {
    try {
      await wait(extra.liveIntervalSeconds * 1000, undefined, { signal, ref: false });
    } catch {
      return undefined;
    }
    if (maximumRssBytes > 0) {
      const rssBytes = (await processFigures(pid))?.rssBytes ?? 0;
      if (rssBytes > maximumRssBytes) {
        const reason = `resident memory of ${rssBytes} bytes is over x_max_rss=${maximumRssBytes}`;
        return { reason, isHung: false };
      }
    }
    if (liveUrl !== undefined) {
      const answer = await probeUrl(liveUrl, extra.liveTimeoutSeconds * 1000, signal);
      if (signal.aborted) return undefined;
      failures = answer.ok ? 0 : failures + 1;
      if (failures >= extra.liveFailures) {
        const reason = `${liveUrl} failed ${failures} times in a row: ${answer.reason}`;
        return { reason, isHung: !answer.isAnswered };
      }
    }
  }
}
