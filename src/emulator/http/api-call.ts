import type { GmailMethod } from '../../mail/gmail-methods.ts';
import type { AccountState } from '../account-state.ts';
import type { EmulatorSettings } from '../control/settings.ts';
import type { LocalMailbox } from '../../local/open-local-mailbox.ts';

/** A call of one Gmail method after the server has checked everything that is not of the method itself. */
export interface ApiCall {
  readonly method: GmailMethod;
  /** From the path, decoded: `id`, `messageId`, … (`userId` has become the mailbox). */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The JSON body, or the JSON part of a multipart upload; undefined where there is none. */
  readonly body: unknown;
  /** The message of an upload (`uploadType=media` or `multipart`). */
  readonly media?: Uint8Array;
  readonly mailbox: LocalMailbox;
  readonly state: AccountState;
  readonly noteSent: (messageId: string) => Promise<void>;
  readonly settings: EmulatorSettings;
  /** Whether the token may see no more than labels and headers. */
  readonly isMetadataOnly: boolean;
  /** The emulator's clock, milliseconds since 1970. */
  readonly nowMs: number;
}

/** What a method answers: JSON for 200, or nothing for 204. */
export type ApiAnswer = { readonly status: 200; readonly body: unknown } | { readonly status: 204 };

/** What an error says beyond its sentence. */
export interface ErrorFacts {
  /** Default `global`. */
  readonly domain?: string;
  /** `errors[0].message` where it is not the same as the message. */
  readonly itemMessage?: string;
  /** `errors[0].location` and `locationType`. */
  readonly location?: { readonly name: string; readonly type: 'header' | 'parameter' };
  readonly details?: readonly unknown[];
  /** The `WWW-Authenticate` header. */
  readonly challenge?: string;
}

/** An error as Google words it; the server writes the whole body (`error.code`, `errors[]`, `status`, `details`). */
export class GoogleError extends Error {
  readonly httpStatus: number;
  /** `errors[0].reason`, such as `invalidArgument`. */
  readonly reason: string;
  /** Canonical status, such as `INVALID_ARGUMENT`. */
  readonly status: string;
  readonly domain: string;
  readonly itemMessage: string | undefined;
  readonly location: ErrorFacts['location'];
  readonly details: readonly unknown[];
  readonly challenge: string | undefined;

  constructor(httpStatus: number, reason: string, status: string, message: string, more: ErrorFacts = {}) {
    super(message);
    this.name = 'GoogleError';
    this.httpStatus = httpStatus;
    this.reason = reason;
    this.status = status;
    this.domain = more.domain ?? 'global';
    this.itemMessage = more.itemMessage;
    this.location = more.location;
    this.details = more.details ?? [];
    this.challenge = more.challenge;
  }
}
