import { AppError } from '../../core/errors.ts';
import { GoogleError } from './api-call.ts';

/** 400: a value that the method does not take. */
export function invalidArgument(message: string): GoogleError {
  return new GoogleError(400, 'invalidArgument', 'INVALID_ARGUMENT', message);
}

/** 400: a request that cannot be granted as things are. */
export function failedPrecondition(message = 'Precondition check failed.'): GoogleError {
  return new GoogleError(400, 'failedPrecondition', 'FAILED_PRECONDITION', message);
}

/** 404, in the one wording that Gmail has for whatever is not there. */
export function notFound(): GoogleError {
  return new GoogleError(404, 'notFound', 'NOT_FOUND', 'Requested entity was not found.');
}

/** 501: what the emulator does not do, said in place of a wrong answer. */
export function notImplemented(what: string): GoogleError {
  return new GoogleError(501, 'notImplemented', 'UNIMPLEMENTED', `The Gmail emulator does not implement ${what}.`);
}

/** A fault in the form of a request: the field, by its name in Google's protocol buffers, and what is wrong. */
export interface FieldViolation {
  readonly field: string;
  readonly description: string;
}

/** 400 with a `BadRequest` detail, as Google answers fields that are unknown or of a wrong type. */
export function badRequest(violations: readonly FieldViolation[]): GoogleError {
  const message = violations.map(({ description }) => description).join('\n');
  return new GoogleError(400, 'badRequest', 'INVALID_ARGUMENT', message, {
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.BadRequest',
        fieldViolations: violations.map(({ field, description }) =>
          field === '' ? { description } : { field, description },
        ),
      },
    ],
  });
}

/** What Gmail would say where the mailbox refuses; anything else that was thrown is given back as it is. */
export function googleErrorOf(error: unknown): unknown {
  if (!(error instanceof AppError)) return error;
  switch (error.code) {
    case 'NOT_FOUND':
      return notFound();
    case 'INVALID_INPUT':
      return invalidArgument(wordingOf(error));
    case 'CONFLICT':
      return new GoogleError(409, 'alreadyExists', 'ALREADY_EXISTS', 'Requested entity already exists');
    case 'TOO_LARGE':
      return new GoogleError(413, 'uploadTooLarge', 'INVALID_ARGUMENT', 'Request entity too large.');
    case 'FORBIDDEN':
      return new GoogleError(403, 'forbidden', 'PERMISSION_DENIED', error.message);
    case 'UNSUPPORTED':
      return new GoogleError(501, 'notImplemented', 'UNIMPLEMENTED', error.message);
    case 'UNAVAILABLE':
      return new GoogleError(503, 'backendError', 'UNAVAILABLE', 'The service is currently unavailable.');
    case 'UNAUTHENTICATED':
    case 'RATE_LIMITED':
    case 'REAUTH_REQUIRED':
    case 'OUTCOME_UNKNOWN':
    case 'INTERNAL':
      return error;
  }
}

const labelFields: ReadonlySet<string> = new Set(['addLabelIds', 'removeLabelIds', 'labelIds']);

function wordingOf({ message, details: { field, got, expected } }: AppError): string {
  // A filter's lists of labels have the name of their action in front.
  if (labelFields.has(field?.split('.').at(-1) ?? '')) return `Invalid label: ${got ?? ''}`;
  if (field === 'pageToken') return 'Invalid pageToken';
  return expected === undefined ? message : `${message} Expected ${expected}, got ${got ?? 'nothing'}.`;
}
