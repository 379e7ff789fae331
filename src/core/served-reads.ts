import type { ErrorCode } from './errors.ts';

/** Where one read of a mirrored account was served from. */
export interface ServedRead {
  readonly source: 'mirror' | 'google';
  /** When the mirror was last found to be what the account is (milliseconds since 1970); 0 for never. Of `google`, now. */
  readonly asOfMs: number;
  /** Why Google could not be asked whether anything has changed since. */
  readonly unverified?: ErrorCode;
  /** Messages of the account that the mirror does not have yet; an estimate. */
  readonly missing: number;
}

/** The reads that a call has come to, as one. */
export interface ServedReads {
  readonly note: (read: ServedRead) => void;
  /** Of the mirror as soon as one read was, and as old as the oldest; undefined where no mirrored account was read. */
  readonly summary: () => ServedRead | undefined;
}

function merged(one: ServedRead, other: ServedRead): ServedRead {
  const unverified = one.unverified ?? other.unverified;
  return {
    source: one.source === 'mirror' ? 'mirror' : other.source,
    asOfMs: Math.min(one.asOfMs, other.asOfMs),
    ...(unverified === undefined ? {} : { unverified }),
    missing: Math.max(one.missing, other.missing),
  };
}

/** Collects the reads of one call. */
export function servedReads(): ServedReads {
  let all: ServedRead | undefined;
  return {
    note(read) {
      all = all === undefined ? read : merged(all, read);
    },
    summary: () => all,
  };
}
