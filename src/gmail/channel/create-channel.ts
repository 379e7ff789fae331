import type { Configuration } from '../../core/configuration.ts';
import { AppError } from '../../core/errors.ts';
import { unitsOf } from '../../mail/gmail-methods.ts';
import type { ApiRequest, ApiResponse, Channel } from '../channel.ts';
import type { KeyedCredentialStore } from '../credential.ts';
import { fixedAccessToken, sharedAccessTokens } from './access-tokens.ts';
import { createAdmission } from './admission.ts';
import { methodName, readGoogleError, retryableAt } from './google-error.ts';
import { createHttpClient, type HttpResponse } from '../../core/egress/http-client.ts';
import { HttpFailure } from '../../core/egress/http-failure.ts';
import { judgeFailure, judgeVerdict, noProgress, type Decision, type Progress } from './judge-attempt.ts';
import { abortReason, currentDeadline, pause, rateLimited, type Deadline } from './deadline.ts';
import { requestTelemetry } from './request-telemetry.ts';
import { openSharedBudget, type Permit } from './shared-budget.ts';
import type { SharedState } from './shared-state.ts';

/** What a channel stands on. */
export interface ChannelOptions {
  /** In lower case; what the store knows the login by. */
  readonly account: string;
  readonly store: KeyedCredentialStore;
  readonly state: SharedState;
  /** Called when Google no longer accepts the login, once for each login. */
  readonly onLoginLost?: () => Promise<void>;
  readonly configuration: Pick<
    Configuration,
    'apiRootUrl' | 'oauthRootUrl' | 'accessToken' | 'quota' | 'quotaUnitsPerMinute' | 'concurrency'
  >;
}

/** What came of one attempt. */
type Attempt =
  | { readonly kind: 'answered'; readonly response: HttpResponse }
  | { readonly decision: Decision; readonly progress: Progress; readonly kind: 'judged' };

/** What Gmail needs to answer a send with attachments, as a rule. */
const answerMs = 3000;
/** Slots of a batch: Google carries out its parts at once, but not all of them. */
const batchSlots = 4;

/**
 * Opens the one way to Google of an account in this process. The store and the state stay the caller's to close. With
 * `GMAIL_ACCESS_TOKEN` no login is read.
 */
export function createChannel({ account, store, state, configuration, onLoginLost }: ChannelOptions): Channel {
  const http = createHttpClient();
  const tokens =
    configuration.accessToken === undefined
      ? sharedAccessTokens({ account, store, state, configuration, http, onLoginLost })
      : fixedAccessToken(configuration.accessToken);
  const budget = openSharedBudget(account, state, configuration);
  const admission = createAdmission(account, budget, state.now);
  const apiOrigin = new URL(configuration.apiRootUrl).origin;

  function addressOf({ url }: ApiRequest): URL {
    const address = new URL(url);
    if (address.origin === apiOrigin) return address;
    throw new Error(`a request to ${address.origin} would take the bearer token away from ${apiOrigin}`);
  }

  /** One attempt, with units and slots for as long as it lasts; undefined where there was no token to make it with. */
  async function attempt(
    request: ApiRequest,
    deadline: Deadline,
    progress: Progress,
    number: number,
  ): Promise<Attempt | undefined> {
    const permit = await permitFor(request, deadline);
    const use = { isUnused: true, isAnswered: false };
    try {
      // It may have ended while the request waited for the permit.
      const token = await tokens.current();
      if (token === undefined) return undefined;
      use.isUnused = false;
      const response = await exchange(request, token.accessToken, deadline, { number, permit });
      if (response instanceof HttpFailure) {
        use.isUnused = !response.mayBeDone;
        return { kind: 'judged', ...judgeFailure(response, request, progress, state.random) };
      }
      use.isAnswered = response.status < 400;
      if (response.status >= 200 && response.status < 300) return { kind: 'answered', response };
      const judged = await judge(response, request, progress, { permit, accessToken: token.accessToken });
      if (judged.decision.kind === 'againWithNewToken') await tokens.refuse(token);
      return { kind: 'judged', ...judged };
    } finally {
      await admission.release(permit, use);
    }
  }

  /** Waits for a token, units and slots. */
  async function permitFor(request: ApiRequest, deadline: Deadline): Promise<Permit> {
    const { methodIds, isSafeToRepeat } = request;
    const startedMs = performance.now();
    await tokens.obtain(deadline);
    const obtainedMs = performance.now();
    requestTelemetry.waited(methodIds, 'token', obtainedMs - startedMs);
    const { permit, waitedFor } = await admission.admit(
      needsOf(request),
      isSafeToRepeat ? deadline : shorter(deadline),
    );
    if (waitedFor !== undefined) requestTelemetry.waited(methodIds, waitedFor, performance.now() - obtainedMs);
    return permit;
  }

  function needsOf({ methodIds, timeoutMs }: ApiRequest) {
    return {
      units: methodIds.reduce((sum, methodId) => sum + unitsOf(methodId, configuration.quota), 0),
      slots: Math.min(batchSlots, Math.max(1, methodIds.length)),
      timeoutMs,
    };
  }

  async function exchange(
    request: ApiRequest,
    accessToken: string,
    deadline: Deadline,
    { number, permit }: { readonly number: number; readonly permit: Permit },
  ): Promise<HttpResponse | HttpFailure> {
    const startedMs = performance.now();
    const ended = requestTelemetry.started(permit.units, permit.unitsLeft);
    const attempted = (status: HttpResponse['status'] | HttpFailure['kind']) =>
      requestTelemetry.attempted({
        methodIds: request.methodIds,
        units: permit.units,
        number,
        status,
        ms: performance.now() - startedMs,
      });
    try {
      const response = await http.exchange({
        method: request.httpMethod,
        url: addressOf(request),
        // Google compresses only for agents whose name says gzip (developers.google.com/workspace/gmail/api/guides/performance).
        headers: { 'user-agent': 'gmail-llm (gzip)', ...request.headers, authorization: `Bearer ${accessToken}` },
        ...(request.body === undefined ? {} : { body: request.body }),
        timeoutMs: Math.min(request.timeoutMs, deadline.leftMs()),
        ...(deadline.signal === undefined ? {} : { signal: deadline.signal }),
        needsFreshConnection: !request.isSafeToRepeat,
      });
      attempted(response.status);
      return response;
    } catch (error) {
      if (!(error instanceof HttpFailure)) throw error;
      attempted(error.kind);
      return error;
    } finally {
      ended();
    }
  }

  async function judge(
    response: HttpResponse,
    request: ApiRequest,
    progress: Progress,
    { permit, accessToken }: { readonly permit: Permit; readonly accessToken: string },
  ) {
    const verdict = readGoogleError(response, { account, methodIds: request.methodIds, nowMs: state.now() });
    if (verdict.kind === 'featureThrottled') await budget.freezeMethods(request.methodIds, verdict);
    if (verdict.kind !== 'throttled')
      return judgeVerdict(verdict, request, progress, { accessToken, random: state.random });
    // While the permit lasts, so that no other request goes out in between.
    const untilMs = await budget.freeze({ ...verdict, permit });
    requestTelemetry.throttled(verdict.reason, untilMs);
    return judgeVerdict({ ...verdict, error: retryableAt(verdict.error, untilMs) }, request, progress, {
      accessToken,
      random: state.random,
    });
  }

  /** Waits while a method is frozen by itself: outside of the queue, in which it would keep the others waiting. */
  async function untilThawed({ methodIds }: ApiRequest, deadline: Deadline): Promise<void> {
    for (;;) {
      const frozen = await budget.frozenMethod(methodIds);
      if (frozen === undefined) return;
      const { waitMs, reason } = frozen;
      if (waitMs >= deadline.leftMs()) {
        throw rateLimited(
          `Google has throttled ${methodName(methodIds)} for ${account}: ${reason}`,
          state.now() + waitMs,
        );
      }
      await pause(waitMs, deadline.signal);
      requestTelemetry.waited(methodIds, 'frozen', waitMs);
    }
  }

  return {
    async send(request) {
      addressOf(request);
      const deadline = currentDeadline();
      let progress = noProgress;
      for (let number = 1; ; number += 1) {
        await untilThawed(request, deadline);
        const result = await attempt(request, deadline, progress, number);
        if (result === undefined) {
          if (deadline.leftMs() > 0) continue;
          throw new AppError('UNAVAILABLE', `No access token for ${account} lasted until it could be used.`, {
            hint: 'Try again; check the clock of this machine.',
          });
        }
        if (result.kind === 'answered') return apiResponse(result.response);
        const { decision } = result;
        ({ progress } = result);
        switch (decision.kind) {
          case 'fail':
            throw decision.error;
          case 'done':
            return apiResponse({ status: 204, headers: {}, body: new Uint8Array() });
          case 'again':
            if (deadline.signal?.aborted === true) throw abortReason(deadline.signal);
            if (decision.waitMs >= deadline.leftMs()) throw decision.error;
            await pause(decision.waitMs, deadline.signal);
            requestTelemetry.waited(request.methodIds, 'backoff', decision.waitMs);
            break;
          case 'againWithNewToken':
          case 'againAfterFreeze':
            break;
        }
      }
    },
    async noteRefusals(parts) {
      const nowMs = state.now();
      let throttle: { readonly reason: string; readonly untilMs?: number } | undefined;
      for (const { methodId, ...answer } of parts) {
        const verdict = readGoogleError(answer, { account, methodIds: [methodId], nowMs });
        if (verdict.kind === 'featureThrottled') await budget.freezeMethods([methodId], verdict);
        // Too many at once is a matter of the batch alone: its parts are asked for one by one then.
        else if (verdict.kind === 'throttled' && !/concurrent/i.test(verdict.reason)) throttle = verdict;
      }
      // Parts that were refused together are one throttle.
      if (throttle !== undefined) await budget.freeze({ ...throttle, permit: { takenMs: nowMs } });
    },
    close() {
      admission.close();
      http.close();
    },
  };
}

/**
 * What is cut off by the end of its caller's deadline is no harm where it can be repeated. Anything else does not wait
 * so long that its answer would come too late, as nobody would know then whether it was done.
 */
function shorter(deadline: Deadline): Deadline {
  return { ...deadline, leftMs: () => Math.max(0, deadline.leftMs() - answerMs) };
}

/** Headers that are about the bytes on the wire, which are unpacked here. */
const wireHeaders = new Set(['content-encoding', 'content-length', 'transfer-encoding', 'connection', 'keep-alive']);

function apiResponse({ status, headers, body }: HttpResponse): ApiResponse {
  const entries = Object.entries(headers).filter(([name]) => !wireHeaders.has(name));
  return {
    status,
    // Made when somebody reads it: the first one costs 50 ms and 16 MB.
    get headers() {
      return new Headers(entries);
    },
    body,
  };
}
