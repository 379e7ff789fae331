import { GoogleError } from './api-call.ts';
import type { FaultRule } from '../control/faults.ts';
import { jsonAnswer, type HttpAnswer } from './http-answer.ts';
import { projectNumber } from '../methods/rewrite-headers.ts';
import { backendError, errorAnswer, invalidToken, overQuota, resourceExhausted } from './server-errors.ts';
import { defaultSettings } from '../control/settings.ts';

const canonicalStatuses: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ABORTED',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

/** Errors that come out of nowhere, with Gmail's words and domains. */
const knownReasons: Readonly<Record<string, readonly [message: string, domain: string]>> = {
  rateLimitExceeded: ['Rate Limit Exceeded', 'usageLimits'],
  userRateLimitExceeded: ['User Rate Limit Exceeded', 'usageLimits'],
  quotaExceeded: ['Quota exceeded.', 'usageLimits'],
  dailyLimitExceeded: ['Daily Limit Exceeded', 'usageLimits'],
  accessNotConfigured: [
    `Gmail API has not been used in project ${projectNumber} before or it is disabled.`,
    'usageLimits',
  ],
  domainPolicy: ['The domain administrators have disabled Gmail apps.', 'global'],
  failedPrecondition: ['Precondition check failed.', 'global'],
  notFound: ['Requested entity was not found.', 'global'],
  backendError: ['Backend Error', 'global'],
};

const usualReasons: Readonly<Record<number, string>> = {
  400: 'failedPrecondition',
  403: 'rateLimitExceeded',
  404: 'notFound',
  429: 'rateLimitExceeded',
};

/** The answer of a rule of the kind `status`. */
export function faultAnswer(rule: Extract<FaultRule, { kind: 'status' }>): HttpAnswer {
  const answer = rule.body === undefined ? errorAnswer(faultError(rule), false) : jsonAnswer(rule.status, rule.body);
  return { ...answer, headers: { ...answer.headers, ...rule.headers } };
}

function faultError({ status, reason, message }: Extract<FaultRule, { kind: 'status' }>): GoogleError {
  if (message === undefined && reason === undefined) {
    if (status === 401) return invalidToken();
    if (status === 403) return overQuota(defaultSettings.unitsPerMinute);
    if (status === 429) return resourceExhausted();
    if (status === 500) return backendError();
  }
  const itsReason = reason ?? usualReasons[status] ?? 'backendError';
  const [words, domain] = knownReasons[itsReason] ?? ['Backend Error', 'global'];
  return new GoogleError(status, itsReason, canonicalStatuses[status] ?? 'UNKNOWN', message ?? words, { domain });
}
