import { AppError } from '../../core/errors.ts';
import { readGoogleErrorBody } from './google-error-body.ts';
import { rowOf, sentence, type GoogleErrorAnswer, type GoogleRequestFacts } from './google-error-table.ts';
import { requestedWait } from './retry-after.ts';

/** What an error answer asks for. All but `transient` prove that the request was not carried out. */
export type GoogleVerdict =
  /** Nothing helps but another request. */
  | { readonly kind: 'final'; readonly error: AppError }
  /** The access token is not accepted. */
  | { readonly kind: 'unauthorized'; readonly error: AppError }
  /** Everybody waits, until `untilMs` where Google says how long. */
  | { readonly kind: 'throttled'; readonly error: AppError; readonly reason: string; readonly untilMs?: number }
  /** The same method waits, and no other. */
  | { readonly kind: 'featureThrottled'; readonly error: AppError; readonly reason: string; readonly untilMs: number }
  /** Google cannot do it as things are, or, as it says the same at times, not at this moment. */
  | { readonly kind: 'unsettled'; readonly error: AppError }
  /** Another try may do, after `waitMs` where Google says so; whether this one was carried out is not known. */
  | { readonly kind: 'transient'; readonly error: AppError; readonly waitMs?: number };

/** The name of what was asked, as Gmail's reference has it, without its prefix. */
export function methodName(methodIds: readonly string[]): string {
  const [first = 'the request', ...others] = new Set(methodIds.map((id) => id.replace(/^gmail\.users\./, '')));
  return others.length === 0 ? first : `a batch of ${first} and others`;
}

/** The error with the time at which another try makes sense. */
export function retryableAt({ code, message, details, cause }: AppError, timeMs: number): AppError {
  return new AppError(code, message, { ...details, retryAt: new Date(timeMs).toISOString() }, cause);
}

/** What an answer other than 2xx means, and the error for the caller if nothing is done about it. */
export function readGoogleError(answer: GoogleErrorAnswer, request: GoogleRequestFacts): GoogleVerdict {
  const body = readGoogleErrorBody(answer.body);
  const row = rowOf(answer, body);
  const { message, hint, expected, retryAtMs } = row.say({
    ...request,
    body,
    answer,
    method: methodName(request.methodIds),
  });
  const [reason] = body.reasons;
  const got = `HTTP ${answer.status}${reason === undefined ? '' : ` ${reason}`}${body.message === '' ? '' : `: ${body.message}`}`;
  const plain = new AppError(row.code, message, { ...(expected === undefined ? {} : { expected }), got, hint });
  const error = retryAtMs === undefined ? plain : retryableAt(plain, retryAtMs);
  switch (row.kind) {
    case 'throttled': {
      const verdict = { kind: 'throttled', error, reason: sentence(body.message, `HTTP ${answer.status}.`) } as const;
      return retryAtMs === undefined ? verdict : { ...verdict, untilMs: retryAtMs };
    }
    case 'featureThrottled':
      return {
        kind: 'featureThrottled',
        error,
        reason: sentence(body.message, `HTTP ${answer.status}.`),
        untilMs: retryAtMs ?? request.nowMs,
      };
    case 'transient': {
      const waitMs = requestedWait(answer.headers, '', request.nowMs);
      if (waitMs === undefined) return { kind: 'transient', error };
      return { kind: 'transient', error: retryableAt(error, request.nowMs + waitMs), waitMs };
    }
    case 'final':
    case 'unauthorized':
    case 'unsettled':
      return { kind: row.kind, error };
  }
}
