import type { GmailMethod } from '../../mail/gmail-methods.ts';
import { GoogleError } from './api-call.ts';
import type { HttpAnswer } from './http-answer.ts';
import { jsonAnswer } from './http-answer.ts';
import { projectNumber } from '../methods/rewrite-headers.ts';

const service = 'gmail.googleapis.com';
/** What every challenge begins with (RFC 6750, 3). */
const realm = 'Bearer realm="https://accounts.google.com/"';

function errorInfo(reason: string, metadata: Readonly<Record<string, string>>): unknown {
  return { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'googleapis.com', metadata };
}

function unauthenticated(reason: string, message: string, itemMessage: string, detail: string): GoogleError {
  return new GoogleError(401, reason, 'UNAUTHENTICATED', message, {
    itemMessage,
    location: { name: 'Authorization', type: 'header' },
    details: [errorInfo(detail, { service })],
    challenge: reason === 'authError' ? `${realm}, error="invalid_token"` : realm,
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

/** 403: a token without any of the scopes of the method, which the challenge names. */
export function missingScope({ id, scopes }: GmailMethod): GoogleError {
  return new GoogleError(
    403,
    'insufficientPermissions',
    'PERMISSION_DENIED',
    'Request had insufficient authentication scopes.',
    {
      itemMessage: 'Insufficient Permission',
      details: [errorInfo('ACCESS_TOKEN_SCOPE_INSUFFICIENT', { service, method: id })],
      challenge: `${realm}, error="insufficient_scope", scope="${scopes.join(' ')}"`,
    },
  );
}

/** 403 with a sentence of Gmail's. */
export function forbidden(message: string): GoogleError {
  return new GoogleError(403, 'forbidden', 'PERMISSION_DENIED', message);
}

/** 429, as more than the units of a minute is worded at other times. */
export function resourceExhausted(): GoogleError {
  const message = 'Resource has been exhausted (e.g. check quota).';
  return new GoogleError(429, 'rateLimitExceeded', 'RESOURCE_EXHAUSTED', message);
}

/** 403: more than the units of a minute. */
export function overQuota(unitsPerMinute: number): GoogleError {
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
  return new GoogleError(403, 'rateLimitExceeded', 'PERMISSION_DENIED', message, {
    domain: 'usageLimits',
    details: [errorInfo('RATE_LIMIT_EXCEEDED', limits), help],
  });
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
  const { httpStatus, reason, status, domain, details, message, itemMessage = message, location, challenge } = error;
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
  const headers = challenge === undefined ? {} : { 'www-authenticate': challenge };
  return jsonAnswer(httpStatus, body, { isCompact, headers });
}
