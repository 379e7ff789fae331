import type { FailureKind } from '../../core/egress/http-failure.ts';
import { logOf } from '../../core/telemetry/log.ts';
import { metrics, secondsBounds } from '../../core/telemetry/metrics.ts';
import { methodName } from './google-error.ts';
import type { Refusal } from './shared-budget.ts';

const log = logOf('gmail');

const requests = metrics.counter(
  'gmail_llm_google_requests_total',
  'Requests to the Gmail API, by method and by HTTP status or the kind of failure.',
  ['method', 'status'],
);
const durations = metrics.histogram(
  'gmail_llm_google_request_duration_seconds',
  'Requests to the Gmail API, from the first byte out to the last byte in.',
  secondsBounds,
  ['method'],
);
const unitsUsed = metrics.counter('gmail_llm_google_units_total', 'Quota units of requests that went out.');
const unitsLeft = metrics.gauge(
  'gmail_llm_google_units_left',
  'Quota units that the account that was asked last has left in this minute, in all processes.',
);
const inFlight = metrics.gauge('gmail_llm_google_requests_in_flight', 'Requests of this process that are under way.');
const waits = metrics.histogram(
  'gmail_llm_google_wait_seconds',
  'Time that requests to the Gmail API waited, by what for.',
  secondsBounds,
  ['cause'],
);
const throttles = metrics.counter(
  'gmail_llm_google_throttles_total',
  'Answers with which Google throttled an account.',
);
const renewals = metrics.counter('gmail_llm_google_token_renewals_total', 'Renewals of access tokens, by outcome.', [
  'outcome',
]);

/** What a request waits for: an access token, units, slots, the end of a throttle, a pause after a failure. */
export type WaitCause = Refusal['cause'] | 'token' | 'backoff';

/** A wait that costs a caller more than this is worth a line at any time. */
const longWaitMs = 1000;
/** Shorter ones are the machine's own. */
const leastWaitMs = 5;

let underWay = 0;

/** What is said of the requests to Google: never a word of mail, never a token. */
export const requestTelemetry = {
  /** A request goes out; call the answer when it is over. */
  started(units: number, left: number): () => void {
    unitsUsed.add({}, units);
    unitsLeft.set({}, left);
    underWay += 1;
    inFlight.set({}, underWay);
    return () => {
      underWay -= 1;
      inFlight.set({}, underWay);
    };
  },
  /** An attempt is over. The first one that goes well is a line for debugging only. */
  attempted(attempt: {
    readonly methodIds: readonly string[];
    readonly units: number;
    /** Counts from 1. */
    readonly number: number;
    readonly status: number | FailureKind;
    readonly ms: number;
  }): void {
    const { methodIds, units, number, status, ms } = attempt;
    const method = methodIds.length > 1 ? 'batch' : methodName(methodIds);
    requests.add({ method, status: String(status) });
    durations.observe({ method }, ms / 1000);
    const isPlain = number === 1 && typeof status === 'number' && status < 400;
    const parts = methodIds.length > 1 ? { parts: methodIds.length } : {};
    const fields = { method, ...parts, units, attempt: number, status, ms: Math.round(ms) };
    log[isPlain ? 'debug' : 'info']('google request', fields);
  },
  /** A request waited. */
  waited(methodIds: readonly string[], cause: WaitCause, ms: number): void {
    if (ms < leastWaitMs) return;
    waits.observe({ cause }, ms / 1000);
    const isTold = cause === 'frozen' || cause === 'backoff' || ms >= longWaitMs;
    log[isTold ? 'info' : 'debug']('google wait', { method: methodName(methodIds), cause, ms: Math.round(ms) });
  },
  /** Google throttled an account. */
  throttled(reason: string, untilMs: number): void {
    throttles.add({});
    log.warn('google throttles', { reason, until: new Date(untilMs).toISOString() });
  },
  /** An access token was asked for. */
  renewed(account: string, outcome: 'granted' | 'refused' | 'failed', ms: number, reason?: string): void {
    renewals.add({ outcome });
    const fields = { account, outcome, ms: Math.round(ms), ...(reason === undefined ? {} : { reason }) };
    log[outcome === 'granted' ? 'info' : 'warn']('access renewed', fields);
  },
};
