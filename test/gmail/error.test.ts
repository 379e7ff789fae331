import assert from 'node:assert/strict';
import test from 'node:test';
import type { ErrorCode } from '../../src/core/errors.ts';
import { readGoogleError, type GoogleVerdict } from '../../src/gmail/channel/google-error.ts';
import { account, errorBody } from './channel-parts.ts';

const nowMs = Date.parse('2026-11-22T12:00:00Z');

function read(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
  methodIds: readonly string[] = ['gmail.users.messages.get'],
): GoogleVerdict {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return readGoogleError({ status, headers, body: Buffer.from(text) }, { account, methodIds, nowMs });
}

/** The quota error as it was recorded from Gmail. */
const perMinuteQuota = {
  error: {
    code: 403,
    message:
      "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute per user' of service 'gmail.googleapis.com' for consumer 'project_number:12'.",
    errors: [{ message: 'Quota exceeded', domain: 'usageLimits', reason: 'rateLimitExceeded' }],
    status: 'PERMISSION_DENIED',
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'RATE_LIMIT_EXCEEDED',
        domain: 'googleapis.com',
        metadata: { quota_limit: 'defaultPerMinutePerUser', consumer: 'projects/12' },
      },
    ],
  },
};

interface Case {
  readonly name: string;
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly kind: GoogleVerdict['kind'];
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: RegExp;
}

const login = /gmail-llm login --account me@example\.org/;

const cases: readonly Case[] = [
  {
    name: 'no token',
    status: 401,
    body: errorBody(401, 'required', 'Request is missing required authentication credential.', 'UNAUTHENTICATED'),
    kind: 'unauthorized',
    code: 'REAUTH_REQUIRED',
    message: 'Google accepts no token of the login of me@example.org, not even a new one.',
    hint: login,
  },
  {
    name: 'an ended token',
    status: 401,
    body: errorBody(401, 'authError', 'Invalid Credentials'),
    kind: 'unauthorized',
    code: 'REAUTH_REQUIRED',
    message: 'Google accepts no token of the login of me@example.org, not even a new one.',
    hint: login,
  },
  {
    name: 'scopes that are too narrow, by errors[].reason',
    status: 403,
    body: errorBody(403, 'insufficientPermissions', 'Request had insufficient authentication scopes.'),
    kind: 'final',
    code: 'FORBIDDEN',
    message: 'The login of me@example.org does not allow messages.get: its scopes are too narrow.',
    hint: login,
  },
  {
    name: 'scopes that are too narrow, by details[].reason alone',
    status: 403,
    body: {
      error: {
        code: 403,
        message: 'Request had insufficient authentication scopes.',
        status: 'PERMISSION_DENIED',
        details: [{ reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT', domain: 'googleapis.com' }],
      },
    },
    kind: 'final',
    code: 'FORBIDDEN',
    message: 'The login of me@example.org does not allow messages.get: its scopes are too narrow.',
    hint: /GMAIL_GRANTS/,
  },
  {
    name: 'the metadata scope',
    status: 403,
    body: errorBody(403, 'forbidden', "Metadata scope does not support 'q' parameter"),
    kind: 'final',
    code: 'FORBIDDEN',
    message: 'The login of me@example.org has the scope gmail.metadata, with which Google refuses messages.get.',
    hint: login,
  },
  {
    name: 'a rate limit of which there is only the sentence',
    status: 403,
    body: { error: { code: 403, message: 'User-rate limit exceeded.  Retry after 2026-11-22T12:00:30.000Z' } },
    kind: 'throttled',
    code: 'RATE_LIMITED',
    message: 'Google has throttled me@example.org: User-rate limit exceeded. Retry after 2026-11-22T12:00:30.000Z.',
    hint: /Ask for less at once/,
  },
  {
    name: 'a throttle of one feature',
    status: 429,
    body: errorBody(
      429,
      'rateLimitExceeded',
      'User-rate limit exceeded.  Retry after 2026-11-22T12:00:30.000Z (Forwarding rules)',
    ),
    kind: 'featureThrottled',
    code: 'RATE_LIMITED',
    message:
      'Google has throttled messages.get for me@example.org: ' +
      'User-rate limit exceeded. Retry after 2026-11-22T12:00:30.000Z (Forwarding rules).',
    hint: /Everything else/,
  },
  {
    name: 'the quota of a minute as a 403',
    status: 403,
    body: perMinuteQuota,
    kind: 'throttled',
    code: 'RATE_LIMITED',
    message: `Google has throttled me@example.org: ${perMinuteQuota.error.message}`,
    hint: /Ask for less at once/,
  },
  {
    name: 'the quota of a minute as a 429 with details only',
    status: 429,
    body: { error: { code: 429, message: 'Quota exceeded.', status: 'RESOURCE_EXHAUSTED' } },
    kind: 'throttled',
    code: 'RATE_LIMITED',
    message: 'Google has throttled me@example.org: Quota exceeded.',
    hint: /Ask for less at once/,
  },
  {
    name: 'too many requests at once',
    status: 429,
    body: errorBody(429, 'rateLimitExceeded', 'Too many concurrent requests for user', 'RESOURCE_EXHAUSTED'),
    kind: 'throttled',
    code: 'RATE_LIMITED',
    message: 'Google has throttled me@example.org: Too many concurrent requests for user.',
    hint: /share its quota/,
  },
  {
    name: 'a throttle without a body',
    status: 429,
    body: '',
    kind: 'throttled',
    code: 'RATE_LIMITED',
    message: 'Google has throttled me@example.org: it does not say why.',
    hint: /Ask for less/,
  },
  {
    name: 'the quota of a day',
    status: 403,
    body: errorBody(403, 'dailyLimitExceeded', 'Daily Limit Exceeded'),
    kind: 'throttled',
    code: 'RATE_LIMITED',
    message: "The project's daily quota at Google is used up.",
    hint: /midnight Pacific time/,
  },
  {
    name: 'the limit on sending, which must not freeze reading',
    status: 429,
    body: errorBody(
      429,
      'rateLimitExceeded',
      'User-rate limit exceeded.  Retry after 2026-11-22T12:05:00.000Z (Mail sending)',
    ),
    kind: 'final',
    code: 'RATE_LIMITED',
    message: 'Gmail lets me@example.org send no more mail for now.',
    hint: /Nothing was sent/,
  },
  {
    name: 'an API that is switched off',
    status: 403,
    body: errorBody(403, 'accessNotConfigured', 'Gmail API has not been used in project 12', 'PERMISSION_DENIED', [
      { reason: 'SERVICE_DISABLED', metadata: { consumer: 'projects/12' } },
    ]),
    kind: 'final',
    code: 'FORBIDDEN',
    message: 'The Gmail API is not enabled in the Google Cloud project of the OAuth client.',
    hint: /console\.cloud\.google\.com\/apis\/library\/gmail\.googleapis\.com\?project=12,/,
  },
  {
    name: 'a policy of the domain',
    status: 403,
    body: errorBody(403, 'domainPolicy', 'The domain administrators have disabled Gmail apps.'),
    kind: 'final',
    code: 'FORBIDDEN',
    message: 'The Workspace administrator has switched the Gmail API off for me@example.org.',
    hint: /admin\.google\.com/,
  },
  {
    name: 'an account without a mailbox',
    status: 400,
    body: errorBody(400, 'failedPrecondition', 'Mail service not enabled', 'FAILED_PRECONDITION'),
    kind: 'final',
    code: 'FORBIDDEN',
    message: 'me@example.org has no mailbox: Gmail is not switched on for this account.',
    hint: /administrator/,
  },
  {
    name: 'another account',
    status: 403,
    body: errorBody(403, 'forbidden', 'Delegation denied for other@example.org'),
    kind: 'final',
    code: 'FORBIDDEN',
    message: 'The login may not act for me@example.org.',
    hint: login,
  },
  {
    name: 'a 403 of a kind that is not known',
    status: 403,
    body: errorBody(403, 'somethingNew', 'No'),
    kind: 'final',
    code: 'FORBIDDEN',
    message: 'Gmail refused messages.get for me@example.org: No.',
    hint: /gmail-llm doctor/,
  },
  {
    name: 'a thing that is not there',
    status: 404,
    body: errorBody(404, 'notFound', 'Requested entity was not found.', 'NOT_FOUND'),
    kind: 'final',
    code: 'NOT_FOUND',
    message: 'Gmail does not have what messages.get asked for.',
    hint: /current id/,
  },
  {
    name: 'an invalid argument',
    status: 400,
    body: errorBody(400, 'invalidArgument', 'Invalid label: X', 'INVALID_ARGUMENT'),
    kind: 'final',
    code: 'INVALID_INPUT',
    message: 'Gmail refused messages.get: Invalid label: X.',
    hint: /Correct/,
  },
  {
    name: 'a rejected draft, without status and details',
    status: 400,
    body: { error: { code: 400, message: 'Recipient address required', errors: [{ reason: 'badRequest' }] } },
    kind: 'final',
    code: 'INVALID_INPUT',
    message: 'Gmail refused messages.get: Recipient address required.',
    hint: /Correct/,
  },
  {
    name: 'a precondition',
    status: 400,
    body: errorBody(400, 'failedPrecondition', 'Precondition check failed.', 'FAILED_PRECONDITION'),
    kind: 'unsettled',
    code: 'CONFLICT',
    message: 'Gmail cannot carry out messages.get in the state in which things are.',
    hint: /Read the message, draft or setting again/,
  },
  {
    name: 'a label name that is taken',
    status: 409,
    body: errorBody(409, 'aborted', 'Label name exists or conflicts', 'ABORTED'),
    kind: 'final',
    code: 'CONFLICT',
    message: 'Gmail refused messages.get: Label name exists or conflicts.',
    hint: /label of this name/,
  },
  {
    name: 'a message that is too large',
    status: 413,
    body: errorBody(413, 'uploadTooLarge', 'Request is too large.'),
    kind: 'final',
    code: 'TOO_LARGE',
    message: 'Gmail refused messages.get: the message is too large.',
    hint: /smaller attachments/,
  },
  {
    name: 'a method that is not offered',
    status: 501,
    body: errorBody(501, 'notImplemented', 'Not implemented', 'UNIMPLEMENTED'),
    kind: 'final',
    code: 'UNSUPPORTED',
    message: 'Gmail does not offer messages.get here.',
    hint: /no way around/,
  },
  {
    name: 'a fault of Google',
    status: 503,
    body: errorBody(503, 'backendError', 'Backend Error', 'UNAVAILABLE'),
    headers: { 'retry-after': '7' },
    kind: 'transient',
    code: 'UNAVAILABLE',
    message: 'Gmail failed at messages.get with HTTP 503.',
    hint: /appsstatus/,
  },
  {
    name: 'a fault of a front end, in HTML',
    status: 502,
    body: '<html><title>Error 502 (Server Error)!!1</title></html>',
    kind: 'transient',
    code: 'UNAVAILABLE',
    message: 'Gmail failed at messages.get with HTTP 502.',
    hint: /Try again/,
  },
  {
    name: 'a fault without a body',
    status: 500,
    body: '',
    kind: 'transient',
    code: 'UNAVAILABLE',
    message: 'Gmail failed at messages.get with HTTP 500.',
    hint: /Try again/,
  },
  ...[
    { name: 'HTML of a proxy with 403', status: 403, body: '<html>Blocked</html>' },
    { name: 'HTML with 404, of a wrong address', status: 404, body: '<!DOCTYPE html>' },
    { name: 'nothing with 404', status: 404, body: '' },
    { name: 'JSON of something else', status: 400, body: { message: 'no' } },
    { name: 'an error that is a text', status: 400, body: { error: 'invalid_request' } },
    { name: 'a redirect', status: 302, body: '' },
  ].map(({ name, status, body }) => ({
    name,
    status,
    body,
    kind: 'final' as const,
    code: 'UNAVAILABLE' as const,
    message: `What answered messages.get is not the Gmail API: HTTP ${status} without an error of its kind.`,
    hint: /GMAIL_API_ROOT_URL/,
  })),
];

for (const { name, status, body, headers, kind, code, message, hint } of cases) {
  test(`understands ${name}`, () => {
    const verdict = read(status, body, headers);
    assert.equal(verdict.kind, kind);
    assert.equal(verdict.error.code, code);
    assert.equal(verdict.error.message, message);
    assert.match(verdict.error.details.hint ?? '', hint);
    assert.ok(verdict.error.details.got?.startsWith(`HTTP ${status}`));
  });
}

test('takes the time to wait from the header before the message, in seconds or as a date by the clock of Google', () => {
  const inMessage = errorBody(
    429,
    'userRateLimitExceeded',
    'User-rate limit exceeded.  Retry after 2026-11-22T12:00:40.000Z',
  );
  const untilMs = (headers: Readonly<Record<string, string>>, body: unknown = inMessage) => {
    const verdict = read(403, body, headers);
    assert.equal(verdict.kind, 'throttled');
    return verdict.untilMs;
  };
  assert.equal(untilMs({}), nowMs + 40_000);
  assert.equal(untilMs({ 'retry-after': '3' }), nowMs + 3000);
  assert.equal(untilMs({ 'retry-after': 'Sun, 22 Nov 2026 12:00:05 GMT' }), nowMs + 5000);
  // Google's clock is ten seconds ahead of ours.
  assert.equal(untilMs({ date: 'Sun, 22 Nov 2026 12:00:10 GMT' }), nowMs + 30_000);
  // A clock that is hours ahead would freeze us for hours.
  assert.equal(untilMs({}, errorBody(429, 'rateLimitExceeded', 'Retry after 2026-11-22T18:00:00Z')), nowMs + 900_000);
  assert.equal(untilMs({}, errorBody(429, 'rateLimitExceeded', 'Retry after 2026-11-22T11:00:00Z')), nowMs);
  assert.equal(untilMs({ 'retry-after': 'soon' }, errorBody(429, 'rateLimitExceeded', 'No')), undefined);
});

test('lets the quota of a day begin at midnight in California, in summer and in winter', () => {
  const daily = errorBody(403, 'dailyLimitExceeded', 'Daily Limit Exceeded');
  for (const [now, midnight] of [
    ['2026-11-22T12:00:00Z', '2026-11-23T08:00:00.000Z'],
    ['2026-07-01T06:59:59Z', '2026-07-01T07:00:00.000Z'],
    ['2026-03-08T09:00:00Z', '2026-03-09T07:00:00.000Z'],
    ['2026-11-01T08:30:00Z', '2026-11-02T08:00:00.000Z'],
  ] as const) {
    const answer = { status: 403, headers: {}, body: JSON.stringify(daily) };
    const verdict = readGoogleError(answer, { account, methodIds: [], nowMs: Date.parse(now) });
    assert.equal(verdict.error.details.retryAt, midnight);
  }
});

test('honours Retry-After of a fault, and names a batch by what is in it', () => {
  const verdict = read(503, '', { 'retry-after': '7' }, [
    'gmail.users.messages.get',
    'gmail.users.messages.get',
    'gmail.users.threads.get',
  ]);
  assert.ok(verdict.kind === 'transient' && verdict.waitMs === 7000);
  assert.equal(verdict.error.message, 'Gmail failed at a batch of messages.get and others with HTTP 503.');
});
