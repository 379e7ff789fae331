import { fullJitterMs, type Random } from '../../core/back-off.ts';
import { AppError } from '../../core/errors.ts';
import type { ApiRequest } from '../channel.ts';
import type { GoogleVerdict } from './google-error.ts';
import { methodName } from './google-error.ts';
import { certificateHint, describeFailure, type HttpFailure } from '../../core/egress/http-failure.ts';

/** What becomes of a request after an attempt that brought no answer of 2xx. */
export type Decision =
  | { readonly kind: 'fail'; readonly error: AppError }
  /** It is as good as done: an earlier attempt did it. */
  | { readonly kind: 'done' }
  | { readonly kind: 'again'; readonly waitMs: number; readonly error: AppError }
  | { readonly kind: 'againWithNewToken' }
  | { readonly kind: 'againAfterFreeze' };

/** How far one request has come. */
export interface Progress {
  /** Failures of the network and of Google's servers. */
  readonly failures: number;
  readonly throttles: number;
  /** Tokens that Google has refused. */
  readonly refusedTokens: readonly string[];
  /** Refusals that may be of this moment only. */
  readonly unsettled: number;
  /** Whether it has met a kept connection that was closed. */
  readonly hasMetClosed: boolean;
  /** Whether an earlier attempt may have been carried out. */
  readonly isDoubtful: boolean;
}

/** The progress of a request that has not begun. */
export const noProgress: Progress = {
  failures: 0,
  throttles: 0,
  refusedTokens: [],
  unsettled: 0,
  hasMetClosed: false,
  isDoubtful: false,
};

/** Attempts that may fail before the caller hears of it, and the bounds of the pauses between them. */
const tries = 6;
const firstPauseMs = 1000;
const longestPauseMs = 32_000;
/**
 * Tokens that are tried before the login is said to be worth nothing: one that another process has put there may have been
 * refused already.
 */
const mostTokens = 3;
/** Repetitions of what Google says it cannot do as things are: with reads and changes of labels it is often untrue. */
const mostUnsettled = 2;
const readsAndLabelChanges = /\.(?:get\w*|list|modify|batchModify|trash|untrash)$/;
/** After so many throttles in a row its caller decides about the next attempt. */
const longestThrottleRow = 8;

/** What to do after an attempt without a whole answer. */
export function judgeFailure(
  failure: HttpFailure,
  request: Pick<ApiRequest, 'methodIds' | 'isSafeToRepeat'>,
  progress: Progress,
  random: Random,
): { readonly decision: Decision; readonly progress: Progress } {
  const { kind, mayBeDone, wasKept } = failure;
  const next = { ...progress, isDoubtful: progress.isDoubtful || mayBeDone };
  const method = methodName(request.methodIds);
  const why = describeFailure(failure);
  if (mayBeDone && !request.isSafeToRepeat) {
    return { decision: { kind: 'fail', error: outcomeUnknown(method, why, failure) }, progress: next };
  }
  if (kind === 'certificate') {
    return { decision: { kind: 'fail', error: unreachable(method, why, failure, certificateHint) }, progress: next };
  }
  // A server closes kept connections when it likes: that is no failure of the request.
  if (wasKept && kind === 'network' && !progress.hasMetClosed) {
    const error = unreachable(method, why, failure);
    return { decision: { kind: 'again', waitMs: 0, error }, progress: { ...next, hasMetClosed: true } };
  }
  return again(unreachable(method, why, failure), undefined, next, random);
}

/** What to do after an error of Google's. */
export function judgeVerdict(
  verdict: GoogleVerdict,
  request: Pick<ApiRequest, 'methodIds' | 'isSafeToRepeat' | 'httpMethod'>,
  progress: Progress,
  { accessToken, random }: { readonly accessToken: string; readonly random: Random },
): { readonly decision: Decision; readonly progress: Progress } {
  switch (verdict.kind) {
    case 'final': {
      const isGone = request.httpMethod === 'DELETE' && verdict.error.code === 'NOT_FOUND' && progress.isDoubtful;
      return { decision: isGone ? { kind: 'done' } : { kind: 'fail', error: verdict.error }, progress };
    }
    case 'unauthorized': {
      const isKnown = progress.refusedTokens.includes(accessToken);
      const refusedTokens = [...progress.refusedTokens, accessToken];
      const isEnough = isKnown || refusedTokens.length >= mostTokens;
      const decision: Decision = isEnough ? { kind: 'fail', error: verdict.error } : { kind: 'againWithNewToken' };
      return { decision, progress: { ...progress, refusedTokens } };
    }
    case 'unsettled': {
      const unsettled = progress.unsettled + 1;
      const mayHelp = unsettled <= mostUnsettled && request.methodIds.every((id) => readsAndLabelChanges.test(id));
      const { error } = verdict;
      const waitMs = fullJitterMs(unsettled, firstPauseMs, longestPauseMs, random);
      const decision: Decision = mayHelp ? { kind: 'again', waitMs, error } : { kind: 'fail', error };
      return { decision, progress: { ...progress, unsettled } };
    }
    case 'featureThrottled':
    case 'throttled': {
      const throttles = progress.throttles + 1;
      const isEnough = throttles > longestThrottleRow;
      return {
        decision: isEnough ? { kind: 'fail', error: verdict.error } : { kind: 'againAfterFreeze' },
        progress: { ...progress, throttles },
      };
    }
    case 'transient': {
      const next = { ...progress, isDoubtful: true };
      if (request.isSafeToRepeat) return again(verdict.error, verdict.waitMs, next, random);
      const why = verdict.error.details.got ?? verdict.error.message;
      const error = outcomeUnknown(methodName(request.methodIds), why, verdict.error);
      return { decision: { kind: 'fail', error }, progress: next };
    }
  }
}

function again(error: AppError, waitMs: number | undefined, progress: Progress, random: Random) {
  const failures = progress.failures + 1;
  const decision: Decision =
    failures === tries
      ? { kind: 'fail', error }
      : { kind: 'again', waitMs: waitMs ?? fullJitterMs(failures, firstPauseMs, longestPauseMs, random), error };
  return { decision, progress: { ...progress, failures } };
}

function unreachable(
  method: string,
  why: string,
  cause: unknown,
  hint = 'Check the network, the proxy and GMAIL_API_ROOT_URL, then try again.',
): AppError {
  return new AppError('UNAVAILABLE', `Gmail could not be asked for ${method}: ${why}.`, { hint }, cause);
}

function outcomeUnknown(method: string, why: string, cause: unknown): AppError {
  return new AppError(
    'OUTCOME_UNKNOWN',
    `Gmail may or may not have carried out ${method}: ${why}.`,
    {
      got: why,
      hint: 'Do not simply repeat it: look first whether it was done (for mail, in SENT and among the drafts).',
    },
    cause,
  );
}
