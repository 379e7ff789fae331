import { AppError, type ErrorDetails } from '../core/errors.ts';

/** Statuses of HTTP that the table of codes has no row for: they are about the request, not about mail. */
const titles = {
  405: 'Method not allowed',
  415: 'Unsupported media type',
  416: 'Range not satisfiable',
  417: 'Expectation failed',
} as const;

/** A request that HTTP itself refuses: over REST the same facts as `INVALID_INPUT`, with a status of its own. */
export class HttpError extends Error {
  readonly status: keyof typeof titles;
  readonly title: string;
  readonly facts: AppError;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: keyof typeof titles,
    message: string,
    details: ErrorDetails,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = 'HttpError';
    this.status = status;
    this.title = titles[status];
    this.facts = new AppError('INVALID_INPUT', message, details);
    this.headers = headers;
  }
}

/** The refusal of a method that an address does not take; `allowed` are those that it takes. */
export function methodNotAllowed(method: string, allowed: readonly string[]): HttpError {
  const allow = allowed.join(', ');
  const details = { field: 'method', expected: allow, got: method };
  return new HttpError(405, `This address does not take ${method}.`, details, { allow });
}
