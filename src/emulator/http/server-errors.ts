import { GoogleError } from './api-call.ts';
import type { HttpAnswer } from './http-answer.ts';
import { jsonAnswer } from './http-answer.ts';
import { projectNumber } from '../methods/rewrite-on-send.ts';

const service = 'gmail.googleapis.com';

function errorInfo(reason: string, metadata: Readonly<Record<string, string>>): unknown {
  return { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'googleapis.com', metadata };
}

function unauthenticated(reason: string, message: string, itemMessage: string, detail: string): GoogleError {
  return new GoogleError(401, reason, 'UNAUTHENTICATED', message, {
    itemMessage,
    location: { name: 'Authorization', type: 'header' },
    details: [errorInfo(detail, { service })],
  });
}

const wantedCredential =
  'Expected OAuth 2 access token, login cookie or other valid authentication credential. ' +
  'See https://developers.google.com/identity/sign-in/web/devconsole-project.';

/** 401: a request without a token. */
export function missingToken(): GoogleError {
  const message = `Request is missing required authentication credential. ${wantedCredential}`;
  return unauthenticated('required', message, 'Login Required.', 'CREDENTIALS_MISSING');
}

/** 401: a request whose only credential is an API key. */
export function keyIsNoToken(): GoogleError {
  const message =
    'API keys are not supported by this API. Expected OAuth2 access token or other authentication credentials ' +
    'that assert a principal. See https://cloud.google.com/docs/authentication';
  return unauthenticated('required', message, 'Login Required.', 'CREDENTIALS_MISSING');
}

/** 401: a token that is unknown, expired or revoked. */
export function invalidToken(): GoogleError {
  const message = `Request had invalid authentication credentials. ${wantedCredential}`;
  return unauthenticated('authError', message, 'Invalid Credentials', 'ACCESS_TOKEN_INVALID');
}

/** 403: a token without any of the scopes of the method. */
export function missingScope(methodId: string): GoogleError {
  return new GoogleError(
    403,
    'insufficientPermissions',
    'PERMISSION_DENIED',
    'Request had insufficient authentication scopes.',
    {
      itemMessage: 'Insufficient Permission',
      details: [errorInfo('ACCESS_TOKEN_SCOPE_INSUFFICIENT', { service, method: methodId })],
    },
  );
}

/** 403 with a sentence of Gmail's. */
export function forbidden(message: string): GoogleError {
  return new GoogleError(403, 'forbidden', 'PERMISSION_DENIED', message);
}

/** 403: more than the units of a minute; with `status` 429 as it is worded at other times. */
export function overQuota(unitsPerMinute: number, status: 403 | 429 = 403): GoogleError {
  const message =
    "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute per user' of service " +
    `'${service}' for consumer 'project_number:${projectNumber}'.`;
  const limits = {
    quota_metric: `${service}/default`,
    quota_limit: 'defaultPerMinutePerUser',
    quota_limit_value: String(unitsPerMinute),
    quota_location: 'global',
    service,
    consumer: `projects/${projectNumber}`,
  };
  const help = {
    '@type': 'type.googleapis.com/google.rpc.Help',
    links: [
      {
        description: 'Request a higher quota limit.',
        url: 'https://cloud.google.com/docs/quotas/help/request_increase',
      },
    ],
  };
  return new GoogleError(
    status,
    'rateLimitExceeded',
    status === 403 ? 'PERMISSION_DENIED' : 'RESOURCE_EXHAUSTED',
    message,
    { domain: 'usageLimits', details: [errorInfo('RATE_LIMIT_EXCEEDED', limits), help] },
  );
}

/** 403: the mailbox's own throttle, which names a time. The two spaces are Gmail's. */
export function retryAfter(untilMs: number): GoogleError {
  const message = `User-rate limit exceeded.  Retry after ${new Date(untilMs).toISOString()}`;
  return new GoogleError(403, 'rateLimitExceeded', 'PERMISSION_DENIED', message, { domain: 'usageLimits' });
}

/** 429: more calls in flight than a user may have. */
export function tooManyConcurrent(): GoogleError {
  const message = 'Too many concurrent requests for user';
  return new GoogleError(429, 'rateLimitExceeded', 'RESOURCE_EXHAUSTED', message, { domain: 'usageLimits' });
}

/** 413: a body over the method's limit. */
export function tooLarge(limitBytes: number): GoogleError {
  const message = `Request is too large. The maximum is ${limitBytes} bytes.`;
  return new GoogleError(413, 'uploadTooLarge', 'INVALID_ARGUMENT', message);
}

/** 400: a request that is put together wrongly. */
export function malformed(message: string): GoogleError {
  return new GoogleError(400, 'badRequest', 'INVALID_ARGUMENT', message);
}

/** 400: a `fields` parameter that cannot be read, or selects what no answer has. */
export function invalidFields(selection: string): GoogleError {
  const message = `Invalid field selection ${selection}`;
  return new GoogleError(400, 'invalidParameter', 'INVALID_ARGUMENT', message, {
    location: { name: 'fields', type: 'parameter' },
  });
}

/** 500: a fault of Google's, or of the emulator. */
export function backendError(message = 'Backend Error'): GoogleError {
  return new GoogleError(500, 'backendError', 'INTERNAL', message);
}

/** The whole answer that tells of an error, in the form of the JSON API. */
export function errorAnswer(error: GoogleError, isCompact: boolean): HttpAnswer {
  const { httpStatus, reason, status, domain, details, message, itemMessage = message, location } = error;
  const at = location === undefined ? {} : { location: location.name, locationType: location.type };
  const body = {
    error: {
      code: httpStatus,
      message,
      errors: [{ message: itemMessage, domain, reason, ...at }],
      status,
      ...(details.length === 0 ? {} : { details }),
    },
  };
  return jsonAnswer(httpStatus, body, { isCompact, headers: httpStatus === 401 ? challenge(reason) : {} });
}

function challenge(reason: string): Readonly<Record<string, string>> {
  const realm = 'Bearer realm="https://accounts.google.com/"';
  return { 'www-authenticate': reason === 'authError' ? `${realm}, error="invalid_token"` : realm };
}
