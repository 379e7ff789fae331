import type { ErrorCode } from '../../core/errors.ts';
import { loginCommand } from '../credentials/login-command.ts';
import type { GoogleErrorBody } from './google-error-body.ts';
import { nextQuotaDay } from './midnight.ts';
import { requestedWait } from './retry-after.ts';

/** An error answer: a whole response, or a part of a batch. Header names in lower case. */
export interface GoogleErrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array | string;
}

/** What was asked, for the sentences. */
export interface GoogleRequestFacts {
  readonly account: string;
  readonly methodIds: readonly string[];
  readonly nowMs: number;
}

/** The facts that a row of the table words its sentences with. */
interface Facts extends GoogleRequestFacts {
  readonly body: GoogleErrorBody;
  readonly answer: GoogleErrorAnswer;
  /** `messages.get`. */
  readonly method: string;
}

interface Sentence {
  readonly message: string;
  readonly hint: string;
  readonly expected?: string;
  readonly retryAtMs?: number;
}

/** A kind of error: every answer that has one of the statuses, and one of the reasons where there are any. */
interface Row {
  readonly statuses: readonly number[];
  /** Any of `errors[].reason`, `details[].reason` and `status`; a row without them takes every reason. */
  readonly reasons?: readonly string[];
  readonly message?: RegExp;
  readonly kind: 'final' | 'unauthorized' | 'throttled' | 'featureThrottled' | 'unsettled' | 'transient';
  readonly code: ErrorCode;
  readonly say: (facts: Facts) => Sentence;
}

const dayMs = 86_400_000;
/** How long a method rests whose throttle names a feature and a time that cannot be read. */
const featurePauseMs = 60_000;
const libraryPage = 'https://console.cloud.google.com/apis/library/gmail.googleapis.com';

/**
 * Google's errors and ours (developers.google.com/workspace/gmail/api/guides/handle-errors, and what was observed); the
 * first row that fits counts. A 403 alone says nothing: it is a throttle, a scope, a policy or a switched-off API.
 */
const rows: readonly Row[] = [
  {
    // Sending has limits of its own by the day, which must not keep anybody from reading.
    statuses: [403, 429],
    message: /mail sending|sending limit/i,
    kind: 'final',
    code: 'RATE_LIMITED',
    say: ({ answer, body, account, nowMs }) => ({
      message: `Gmail lets ${account} send no more mail for now.`,
      hint: 'Gmail sends 500 messages a day for a personal account, 2,000 for Workspace. Nothing was sent.',
      retryAtMs: nowMs + (requestedWait(answer.headers, body.message, nowMs) ?? dayMs),
    }),
  },
  {
    // "User-rate limit exceeded.  Retry after 2024-11-12T11:16:42.247Z (Forwarding rules)": of one feature alone.
    statuses: [403, 429],
    message: /retry after \S+ \([^()]+\)/i,
    kind: 'featureThrottled',
    code: 'RATE_LIMITED',
    say: ({ account, method, answer, body, nowMs }) => ({
      message: `Google has throttled ${method} for ${account}: ${sentence(body.message, 'it does not say why.')}`,
      hint: 'Everything else can be done meanwhile.',
      retryAtMs: nowMs + (requestedWait(answer.headers, body.message, nowMs) ?? featurePauseMs),
    }),
  },
  {
    statuses: [403, 429],
    reasons: ['dailyLimitExceeded', 'dailyLimitExceededUnreg'],
    kind: 'throttled',
    code: 'RATE_LIMITED',
    say: ({ nowMs }) => ({
      message: "The project's daily quota at Google is used up.",
      hint: 'It resets at midnight Pacific time; a higher one can be asked for in the Google Cloud console.',
      retryAtMs: nextQuotaDay(nowMs),
    }),
  },
  {
    statuses: [403, 429],
    reasons: [
      'rateLimitExceeded',
      'userRateLimitExceeded',
      'RATE_LIMIT_EXCEEDED',
      'quotaExceeded',
      'RESOURCE_EXHAUSTED',
    ],
    kind: 'throttled',
    code: 'RATE_LIMITED',
    say: throttled,
  },
  {
    // Some answers give the sentence and no reason.
    statuses: [403],
    message:
      /rate[ -]limit exceeded|quota exceeded|too many (?:concurrent )?requests|retry after \d|resource has been exhausted/i,
    kind: 'throttled',
    code: 'RATE_LIMITED',
    say: throttled,
  },
  { statuses: [429], kind: 'throttled', code: 'RATE_LIMITED', say: throttled },
  {
    statuses: [403],
    message: /metadata scope/i,
    kind: 'final',
    code: 'FORBIDDEN',
    say: ({ account, method }) => ({
      message: `The login of ${account} has the scope gmail.metadata, with which Google refuses ${method}.`,
      expected: 'a login without gmail.metadata: it takes away what the other scopes give',
      hint: `Run: ${loginCommand(account)}`,
    }),
  },
  {
    statuses: [403],
    reasons: ['insufficientPermissions', 'ACCESS_TOKEN_SCOPE_INSUFFICIENT', 'insufficientScopes'],
    kind: 'final',
    code: 'FORBIDDEN',
    say: ({ account, method }) => ({
      message: `The login of ${account} does not allow ${method}: its scopes are too narrow.`,
      expected: 'a login with scopes for every grant in GMAIL_GRANTS',
      hint: `Set GMAIL_GRANTS to what is wanted, then run: ${loginCommand(account)} and tick every box that Google shows.`,
    }),
  },
  {
    statuses: [403],
    reasons: ['accessNotConfigured', 'SERVICE_DISABLED'],
    kind: 'final',
    code: 'FORBIDDEN',
    say: ({ body }) => ({
      message: 'The Gmail API is not enabled in the Google Cloud project of the OAuth client.',
      hint: `Enable it at ${libraryPage}${body.project === undefined ? '' : `?project=${body.project}`}, wait a few minutes, then try again.`,
    }),
  },
  {
    statuses: [403],
    reasons: ['domainPolicy'],
    kind: 'final',
    code: 'FORBIDDEN',
    say: ({ account }) => ({
      message: `The Workspace administrator has switched the Gmail API off for ${account}.`,
      hint: 'Ask the administrator to allow the client: admin.google.com, "Security", "Access and data control", "API controls".',
    }),
  },
  {
    statuses: [400, 403],
    message: /mail service not enabled/i,
    kind: 'final',
    code: 'FORBIDDEN',
    say: ({ account }) => ({
      message: `${account} has no mailbox: Gmail is not switched on for this account.`,
      hint: 'Ask the Workspace administrator to switch Gmail on for it, or log in with another account.',
    }),
  },
  {
    statuses: [403],
    message: /delegation denied/i,
    kind: 'final',
    code: 'FORBIDDEN',
    say: ({ account }) => ({
      message: `The login may not act for ${account}.`,
      hint: `Log in as that account: ${loginCommand(account)}`,
    }),
  },
  {
    statuses: [401],
    kind: 'unauthorized',
    code: 'REAUTH_REQUIRED',
    say: ({ account }) => ({
      message: `Google accepts no token of the login of ${account}, not even a new one.`,
      hint: `Run: ${loginCommand(account)}`,
    }),
  },
  {
    // Google calls it a precondition; it is what the request names.
    statuses: [400],
    message: /unrecognized forwarding address/i,
    kind: 'final',
    code: 'INVALID_INPUT',
    say: ({ method, body }) => ({
      message: `Gmail refused ${method}: ${sentence(body.message, 'the forwarding address is not known.')}`,
      hint: 'Mail is forwarded to confirmed forwarding addresses only.',
    }),
  },
  {
    statuses: [400],
    reasons: ['failedPrecondition', 'FAILED_PRECONDITION'],
    kind: 'unsettled',
    code: 'CONFLICT',
    say: ({ method }) => ({
      message: `Gmail cannot carry out ${method} in the state in which things are.`,
      hint: 'Read the message, draft or setting again: it may be gone, sent, or of a kind that does not allow this.',
    }),
  },
  {
    statuses: [409, 412],
    kind: 'final',
    code: 'CONFLICT',
    say: ({ method, body }) => ({
      message: `Gmail refused ${method}: ${sentence(body.message, 'the state has moved on.')}`,
      hint: 'Read the present state, then decide again. A label of this name may exist already.',
    }),
  },
  {
    statuses: [413],
    kind: 'final',
    code: 'TOO_LARGE',
    say: ({ method }) => ({
      message: `Gmail refused ${method}: the message is too large.`,
      expected: 'at most 35 MiB to send or to draft, 150 MiB to import, with attachments encoded',
      hint: 'Send fewer or smaller attachments.',
    }),
  },
  {
    statuses: [501],
    kind: 'final',
    code: 'UNSUPPORTED',
    say: ({ method }) => ({ message: `Gmail does not offer ${method} here.`, hint: 'There is no way around it.' }),
  },
  {
    statuses: [404],
    reasons: ['notFound', 'NOT_FOUND'],
    kind: 'final',
    code: 'NOT_FOUND',
    say: ({ method }) => ({
      message: `Gmail does not have what ${method} asked for.`,
      hint: 'It may have been deleted, or the id is of another account. List or search again for a current id.',
    }),
  },
  {
    statuses: [400, 405, 411, 414, 415, 422],
    kind: 'final',
    code: 'INVALID_INPUT',
    say: ({ method, body }) => ({
      message: `Gmail refused ${method}: ${sentence(body.message, 'the request is not valid.')}`,
      hint: 'Correct what the sentence names.',
    }),
  },
  {
    statuses: [403],
    kind: 'final',
    code: 'FORBIDDEN',
    say: ({ account, method, body }) => ({
      message: `Gmail refused ${method} for ${account}: ${sentence(body.message, 'it does not say why.')}`,
      hint: `\`gmail-llm doctor\` looks for the cause; a new login may help: ${loginCommand(account)}`,
    }),
  },
];

function throttled({ account, answer, body, nowMs }: Facts): Sentence {
  const waitMs = requestedWait(answer.headers, body.message, nowMs);
  return {
    message: `Google has throttled ${account}: ${sentence(body.message, 'it does not say why.')}`,
    hint: 'Ask for less at once. If other programs use the same account or project, they share its quota.',
    ...(waitMs === undefined ? {} : { retryAtMs: nowMs + waitMs }),
  };
}

/** What stands for an answer that is none of the API's: a proxy, a front end, a wrong root address. */
const foreignRow: Row = {
  statuses: [],
  kind: 'final',
  code: 'UNAVAILABLE',
  say: ({ method, answer }) => ({
    message: `What answered ${method} is not the Gmail API: HTTP ${answer.status} without an error of its kind.`,
    expected: "Google's JSON",
    hint: 'Check GMAIL_API_ROOT_URL and whether a proxy or a captive portal stands in between.',
  }),
};

const transientRow: Row = {
  statuses: [],
  kind: 'transient',
  code: 'UNAVAILABLE',
  say: ({ method, answer }) => ({
    message: `Gmail failed at ${method} with HTTP ${answer.status}.`,
    hint: 'Try again later; https://www.google.com/appsstatus tells of outages.',
  }),
};

/** A text as a sentence with its full stop, or another where it is empty. */
export function sentence(text: string, otherwise: string): string {
  if (text === '') return otherwise;
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** The row of the table that an answer belongs to. */
export function rowOf({ status }: GoogleErrorAnswer, body: GoogleErrorBody): Row {
  if (status >= 500 && status !== 501) return transientRow;
  if (status === 408) return transientRow;
  const row = rows.find(
    ({ statuses, reasons, message }) =>
      statuses.includes(status) &&
      (reasons === undefined || reasons.some((reason) => body.reasons.has(reason))) &&
      (message === undefined || message.test(body.message)),
  );
  // Without the API's own body only these two speak for themselves.
  return row === undefined || (!body.isFromApi && status !== 401 && status !== 429) ? foreignRow : row;
}
