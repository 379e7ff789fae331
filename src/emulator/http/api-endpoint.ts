import { setTimeout as wait } from 'node:timers/promises';
import { messageOf } from '../../core/errors.ts';
import { matchGmailMethod, type MatchedMethod } from '../../mail/gmail-methods.ts';
import { answerCall } from './answer-call.ts';
import type { ApiAnswer } from './api-call.ts';
import { GoogleError } from './api-call.ts';
import { authorizeCall, type Authorized } from './authorize-call.ts';
import type { Counters } from '../control/counters.ts';
import type { EmulatedAccount } from '../emulated-account.ts';
import { faultAnswer } from './fault-answer.ts';
import type { FaultRule, Faults } from '../control/faults.ts';
import type { EmulatorSettings } from '../control/settings.ts';
import { notFound } from './google-errors.ts';
import { emptyAnswer, frontEndError, jsonAnswer, outcomeOf, type HttpAnswer } from './http-answer.ts';
import type { Authority } from '../oauth/authority.ts';
import type { Batch, Quota } from '../control/quota.ts';
import { largestBody, readCallBody } from './read-call-body.ts';
import { parseFields, selectFields } from './select-fields.ts';
import { backendError, errorAnswer } from './server-errors.ts';

/** A call as it stands in a request of its own, or in a part of a batch. */
export interface CallRequest {
  readonly httpMethod: string;
  readonly pathname: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  readonly contentType: string;
  /** Undefined when it was longer than the method takes. */
  readonly bytes: Buffer | undefined;
}

/** What the API works with. */
export interface ApiEndpoint {
  readonly authority: Authority;
  readonly quota: Quota;
  readonly faults: Faults;
  readonly counters: Counters;
  readonly account: (emailAddress: string) => EmulatedAccount | undefined;
  readonly nowMs: () => number;
  readonly latencyMs: () => number;
  readonly settings: () => EmulatorSettings;
  /** Aborted when the emulator closes. */
  readonly signal: AbortSignal;
}

const uploadPrefix = '/upload/';

/** The longest body that a request to this path may have, in bytes. */
export function largestCallBody(httpMethod: string, pathname: string): number {
  const matched = matchGmailMethod(httpMethod, pathname);
  return matched === undefined ? 0 : largestBody(matched.method, pathname.startsWith(uploadPrefix));
}

/**
 * Lets a call in, as a part of `batch` if it is one: finds its method, checks token, mailbox and scopes, charges the quota
 * and takes a place in flight, all at once. What it answers carries the call out and gives the place back; it rejects only
 * when the emulator closes.
 */
export function admitCall(endpoint: ApiEndpoint, request: CallRequest, batch?: Batch): () => Promise<HttpAnswer> {
  const { httpMethod, pathname, query, authorization } = request;
  const isUpload = pathname.startsWith(uploadPrefix);
  // A batch carries no uploads.
  const matched = batch !== undefined && isUpload ? undefined : matchGmailMethod(httpMethod, pathname);
  if (matched === undefined) {
    return async () => frontEndError(404, `The requested URL ${pathname} was not found on this server.`);
  }
  const { method, parameters } = matched;
  const isCompact = query.get('prettyPrint') === 'false' || query.get('$prettyPrint') === 'false';
  const counted = (answer: HttpAnswer): HttpAnswer => {
    const outcome = outcomeOf(answer);
    endpoint.counters.call(method.id, outcome);
    const isRaw = method.id === 'gmail.users.messages.get' && query.get('format') === 'raw';
    return isRaw && outcome === 200 && parameters.id !== undefined ? { ...answer, rawIds: [parameters.id] } : answer;
  };
  try {
    const authorized = authorizeCall(endpoint.authority, method, parameters.userId ?? '', query, authorization);
    const { emailAddress } = authorized;
    const account = endpoint.account(emailAddress);
    if (account === undefined) throw notFound();
    const leave = endpoint.quota.enter(emailAddress, method.id, batch);
    if (leave instanceof GoogleError) throw leave;
    return async () => {
      try {
        return counted(
          await withFaults(endpoint, [method.id, pathname], () =>
            carryOut(endpoint, request, matched, { account, ...authorized }, isCompact),
          ),
        );
      } finally {
        leave();
      }
    };
  } catch (error) {
    return async () => counted(errorAnswer(googleErrorOf(error), isCompact));
  }
}

async function carryOut(
  endpoint: ApiEndpoint,
  { pathname, query, contentType, bytes }: CallRequest,
  { method, parameters }: MatchedMethod,
  { account, isMetadataOnly }: Pick<Authorized, 'isMetadataOnly'> & { readonly account: EmulatedAccount },
  isCompact: boolean,
): Promise<HttpAnswer> {
  try {
    const fields = query.get('fields') ?? query.get('$fields');
    const selection = fields === null ? 'all' : parseFields(fields);
    const startHistoryId = query.get('startHistoryId');
    if (startHistoryId !== null && !account.keepsHistorySince(startHistoryId)) throw notFound();
    const content = readCallBody(method, { isUpload: pathname.startsWith(uploadPrefix), query, contentType, bytes });
    const { mailbox, state, noteSent } = account;
    const answer: ApiAnswer = await answerCall({
      ...content,
      method,
      parameters,
      query,
      mailbox,
      state,
      noteSent,
      settings: endpoint.settings(),
      isMetadataOnly,
      nowMs: endpoint.nowMs(),
    });
    return answer.status === 204
      ? emptyAnswer(204, { 'cache-control': 'no-cache, no-store, max-age=0, must-revalidate' })
      : jsonAnswer(200, selectFields(answer.body, selection), { isCompact });
  } catch (error) {
    return errorAnswer(googleErrorOf(error), isCompact);
  }
}

function googleErrorOf(error: unknown): GoogleError {
  // Named, so that a test that meets a fault of the emulator does not take it for one of its own.
  return error instanceof GoogleError ? error : backendError(`The emulator failed: ${messageOf(error)}`);
}

/** Does the work with the latency and what the rules do to requests of these names. Rejects when the emulator closes. */
export async function withFaults(
  { faults, latencyMs, signal }: Pick<ApiEndpoint, 'faults' | 'latencyMs' | 'signal'>,
  names: readonly string[],
  work: () => HttpAnswer | Promise<HttpAnswer>,
): Promise<HttpAnswer> {
  const rule = faults.take(names);
  const delayMs = latencyMs() + (rule?.kind === 'delay' ? rule.milliseconds : 0);
  if (delayMs > 0) await wait(delayMs, undefined, { signal });
  return insteadOfWork(rule) ?? spoilt(await work(), rule);
}

const dropped: HttpAnswer = { ...emptyAnswer(200), transport: { kind: 'drop' } };

function insteadOfWork(rule: FaultRule | undefined): HttpAnswer | undefined {
  if (rule?.kind === 'status' && rule.afterCommit !== true) return faultAnswer(rule);
  return rule?.kind === 'drop' && !rule.afterCommit ? dropped : undefined;
}

function spoilt(answer: HttpAnswer, rule: FaultRule | undefined): HttpAnswer {
  switch (rule?.kind) {
    case undefined:
    case 'delay':
      return answer;
    case 'status':
      return faultAnswer(rule);
    case 'drop':
      return dropped;
    case 'truncate':
      return { ...answer, transport: { kind: 'truncate' } };
    case 'drip':
      return { ...answer, transport: { kind: 'drip', bytesPerSecond: rule.bytesPerSecond } };
    case 'empty':
      return emptyAnswer(200, { 'content-type': 'application/json; charset=UTF-8' });
  }
}
