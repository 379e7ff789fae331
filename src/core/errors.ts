import { hidePasswords } from './hide-passwords.ts';

/**
 * The one table of what can go wrong: every server takes its status, exit code and wording from here.
 * HTTP statuses follow RFC 9110; exit codes follow BSD sysexits where one fits.
 */
export const errorCodes = {
  INVALID_INPUT: { status: 400, exit: 2, title: 'Invalid input' },
  UNAUTHENTICATED: { status: 401, exit: 77, title: 'No token, or an unknown one' },
  FORBIDDEN: { status: 403, exit: 77, title: 'Not allowed by token, grant or policy' },
  NOT_FOUND: { status: 404, exit: 4, title: 'Not found' },
  CONFLICT: { status: 409, exit: 5, title: 'Conflict with current state' },
  TOO_LARGE: { status: 413, exit: 2, title: 'Limit exceeded' },
  RATE_LIMITED: { status: 429, exit: 75, title: 'Too many requests' },
  REAUTH_REQUIRED: { status: 503, exit: 77, title: 'Google authorization expired or was revoked' },
  UNAVAILABLE: { status: 503, exit: 75, title: 'Google or the store cannot be reached now' },
  UNSUPPORTED: { status: 501, exit: 69, title: 'Not supported by this backend' },
  OUTCOME_UNKNOWN: { status: 502, exit: 75, title: 'The send may or may not have happened' },
  INTERNAL: { status: 500, exit: 70, title: 'Internal error' },
} as const;

/** One of the codes of {@link errorCodes}. */
export type ErrorCode = keyof typeof errorCodes;

/** What a caller can act on, beside the sentence. Every field is safe to show to the caller. */
export interface ErrorDetails {
  /** The input field or variable at fault. */
  readonly field?: string;
  /** What would have been accepted. */
  readonly expected?: string;
  /** What was found instead. */
  readonly got?: string;
  /** Offset in characters into `field`, from 0. */
  readonly position?: number;
  /** What to do about it. */
  readonly hint?: string;
  /** When to try again, ISO 8601. */
  readonly retryAt?: string;
  /** Several faults of one input, each as a sentence. */
  readonly faults?: readonly string[];
}

/** An error with a code of the table: the only kind that is meant to reach a caller. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'AppError';
    this.code = code;
    this.details = details;
  }
}

/** What a caller is told of an error: the same facts on every server. */
export interface ErrorFacts extends ErrorDetails {
  readonly code: ErrorCode;
  readonly message: string;
  readonly requestId: string;
}

/** How much of an input an error may repeat: an answer is not to grow with what was sent. */
const maxDetailCharacters = 2000;
const maxFaults = 50;

function clipped(text: string): string {
  return text.length <= maxDetailCharacters ? text : `${text.slice(0, maxDetailCharacters)}…`;
}

/** The details with bounds on everything that can come from an input. */
function boundedDetails(details: ErrorDetails): ErrorDetails {
  const { faults, ...texts } = details;
  const bounded = Object.fromEntries(
    Object.entries(texts).map(([name, value]) => [name, typeof value === 'string' ? clipped(value) : value]),
  );
  if (faults === undefined) return bounded;
  const more = faults.length > maxFaults ? [`and ${faults.length - maxFaults} more`] : [];
  return { ...bounded, faults: [...faults.slice(0, maxFaults).map(clipped), ...more] };
}

/**
 * Turns anything thrown into the facts a caller may see. An error without a code is an internal error:
 * its text stays in the log, under the same request id.
 */
export function errorFacts(error: unknown, requestId: string): ErrorFacts {
  if (error instanceof AppError) {
    return { code: error.code, message: clipped(error.message), requestId, ...boundedDetails(error.details) };
  }
  return {
    code: 'INTERNAL',
    message: `Something failed inside gmail-llm. The log has the details under request id ${requestId}.`,
    requestId,
  };
}

/** The facts of an error as lines for a person or a model: code and message first, then what helps. */
export function errorText(facts: Omit<ErrorFacts, 'requestId'> & { readonly requestId?: string }): string {
  const lines = [`${facts.code}: ${facts.message}`];
  for (const fault of facts.faults ?? []) lines.push(`- ${fault}`);
  if (facts.field !== undefined) lines.push(`field: ${facts.field}`);
  if (facts.position !== undefined) lines.push(`position: ${facts.position}`);
  if (facts.expected !== undefined) lines.push(`expected: ${facts.expected}`);
  if (facts.got !== undefined) lines.push(`got: ${facts.got}`);
  if (facts.retryAt !== undefined) lines.push(`retryAt: ${facts.retryAt}`);
  if (facts.hint !== undefined) lines.push(`hint: ${facts.hint}`);
  if (facts.requestId !== undefined) lines.push(`requestId: ${facts.requestId}`);
  return lines.join('\n');
}

/**
 * What a program says on standard error when an error ends it, and its exit code. There is no log to look into, so a
 * fault of ours shows its stack.
 */
export function failureOf(error: unknown): { readonly text: string; readonly exit: number } {
  const { requestId: _, ...facts } = errorFacts(error, '');
  const isOurs = facts.code === 'INTERNAL' && error instanceof Error;
  const text = isOurs ? (error.stack ?? error.message) : errorText(facts);
  return { text: hidePasswords(text), exit: errorCodes[facts.code].exit };
}

/** The message of anything thrown, with the messages of its causes. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message} (${messageOf(error.cause)})`;
}

/** The same as the end of a sentence of ours: libraries end some of theirs with a full stop. */
export function reasonOf(error: unknown): string {
  return messageOf(error).replace(/\.$/, '');
}

/** The system's code of an error (`ENOENT`, `EADDRINUSE`, …), or undefined. */
export function systemCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
