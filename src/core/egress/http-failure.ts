import { AppError, messageOf, systemCode } from '../errors.ts';
import { certificateFault } from './certificate-fault.ts';

/**
 * Why there is no whole answer. After `certificate` (that of the server is not accepted) and `refused` (a rule forbids the
 * address) another try comes to the same.
 */
export type FailureKind = 'network' | 'timeout' | 'aborted' | 'certificate' | 'refused';

/** How far a request has come. */
export interface Progress {
  /** Whether the server may have read the request; if not, it has certainly done nothing. */
  mayBeDone: boolean;
  /** Whether it went out on a connection that was open before, which the server may just have closed. */
  wasKept: boolean;
}

/** A request that came to no whole answer. */
export class HttpFailure extends Error implements Readonly<Progress> {
  readonly kind: FailureKind;
  readonly mayBeDone: boolean;
  readonly wasKept: boolean;

  constructor(kind: FailureKind, progress: Readonly<Progress>, cause: unknown) {
    super(messageOf(cause), { cause });
    this.name = 'HttpFailure';
    this.kind = kind;
    this.mayBeDone = progress.mayBeDone;
    this.wasKept = progress.wasKept;
  }
}

/** The failure that an error of a request is; `isLate` and `isAborted` say who ended it. */
export function failureOf(
  error: unknown,
  progress: Readonly<Progress>,
  { isLate, isAborted }: { readonly isLate: boolean; readonly isAborted: boolean },
): HttpFailure {
  if (isLate) return new HttpFailure('timeout', progress, error);
  if (isAborted) return new HttpFailure('aborted', progress, error);
  if (error instanceof AppError && error.code === 'FORBIDDEN') return new HttpFailure('refused', progress, error);
  // The handshake failed: nothing was read.
  if (certificateFault(error) !== undefined) {
    return new HttpFailure('certificate', { ...progress, mayBeDone: false }, error);
  }
  return new HttpFailure('network', progress, error);
}

/** What went wrong with a request, in words for a sentence. */
export function describeFailure({ kind, cause, message }: HttpFailure): string {
  switch (kind) {
    case 'timeout':
      return 'there was no whole answer in time';
    case 'aborted':
      return 'the caller went away';
    case 'certificate':
      return certificateFault(cause) ?? message;
    case 'refused':
      return message;
    case 'network': {
      const code = systemCode(cause);
      return code === undefined || message.includes(code) ? message : `${message} (${code})`;
    }
  }
}

/** What to do about a certificate that is not accepted. */
export const certificateHint =
  'Check the clock of this machine. Where a proxy reads what goes through it, give the certificate of its authority in GMAIL_CA_FILE.';
