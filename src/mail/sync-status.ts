/** How far the mirror of an account is. Times are ISO 8601. */
export interface MirrorStatus {
  readonly phase: 'filling' | 'complete' | 'full';
  readonly messages: number;
  /** Messages of the account when this filling began. */
  readonly total: number;
  readonly megabytes: number;
  readonly startedAt?: string;
  readonly filledAt?: string;
  /** When it was last found to be what the account is. */
  readonly asOf?: string;
  /** Quota units that the messages still missing cost, and what that takes; while it is filled. */
  readonly unitsLeft?: number;
  readonly secondsLeft?: number;
}

/** How a live account is followed. Times are ISO 8601; one that never was is missing. */
export interface SyncStatus {
  readonly account: string;
  /** When its history was last asked for, and when that last had something new. */
  readonly askedAt?: string;
  readonly changedAt?: string;
  /** When its history was last read up to its end, and how long ago that was. */
  readonly followedAt?: string;
  readonly lagSeconds?: number;
  /** When that last failed, and why; after a success it is history. */
  readonly failedAt?: string;
  readonly failure?: string;
  /** Since when it has failed without a success. */
  readonly failingSince?: string;
  /** Until when Gmail publishes its changes, and when such a notice last came. */
  readonly watchExpiresAt?: string;
  readonly noticedAt?: string;
  /** Units of the quota of this minute that were used by all processes of the home, and how many there are. */
  readonly quota?: { readonly used: number; readonly units: number };
  /** Undefined where it has none. */
  readonly mirror?: MirrorStatus;
}
