import type { ErrorCode } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { metrics } from '../core/telemetry/metrics.ts';

const refused = metrics.counter(
  'gmail_llm_refused_requests_total',
  'Requests refused before any operation was asked for, by error code.',
  ['code'],
);

/** How long after a line about refusals the next one of its kind comes: a stranger who tries tokens fills no disk. */
const quietMs = 10_000;

/** Requests that were refused before any operation was asked for. */
export interface Refusals {
  /** Counts one, and logs it unless one of its code has just been logged. */
  readonly note: (code: ErrorCode, facts: { readonly path: string; readonly address: string | undefined }) => void;
}

/**
 * Makes the counter of a server's refusals. A line says how many were left out since the line before. `nowMs` is a clock
 * that never goes back.
 */
export function createRefusals(logger: Logger, nowMs: () => number): Refusals {
  const logged = new Map<ErrorCode, { readonly atMs: number; leftOut: number }>();
  return {
    note(code, { path, address }) {
      refused.add({ code });
      const last = logged.get(code);
      if (last !== undefined && nowMs() - last.atMs < quietMs) {
        last.leftOut += 1;
        return;
      }
      const leftOut = last?.leftOut ?? 0;
      logger.warn('request refused', { code, path, address, ...(leftOut === 0 ? {} : { leftOut }) });
      logged.set(code, { atMs: nowMs(), leftOut: 0 });
    },
  };
}
