/** One request to Google's Gmail API, as the channel needs to know it. */
export interface ApiRequest {
  /** Id of the method, `gmail.users.messages.get`; it decides the units. For a batch, those of its parts. */
  readonly methodIds: readonly string[];
  readonly httpMethod: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Whole, below the configured root. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /**
   * Whether doing it twice is the same as doing it once. Others are repeated only after an answer that proves that
   * nothing was done (401, 403 and 429 of the throttle kinds).
   */
  readonly isSafeToRepeat: boolean;
  readonly timeoutMs: number;
}

/** An answer to a part of a batch that is no success. */
interface RefusedPart {
  readonly methodId: string;
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** An answer with a status of 2xx; every other has been thrown as an `AppError`. */
export interface ApiResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/**
 * The one way to Google of an account in this process. It has the token put on, takes units and a slot from what all
 * processes share, keeps to the deadline and the signal of the call's context, and tries again where that is safe.
 */
export interface Channel {
  /**
   * Throws `RATE_LIMITED` with `retryAt`, `REAUTH_REQUIRED`, `FORBIDDEN`, `NOT_FOUND`, `INVALID_INPUT`, `CONFLICT`,
   * `UNAVAILABLE`, and `OUTCOME_UNKNOWN` when a request that is not safe to repeat may or may not have been carried out.
   */
  send(request: ApiRequest): Promise<ApiResponse>;
  /** Takes note of what Google refused inside one batch: what stops everybody outside of one does so here, too. */
  noteRefusals(parts: readonly RefusedPart[]): Promise<void>;
  close(): void;
}
