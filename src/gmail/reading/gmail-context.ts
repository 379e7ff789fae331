import type { GetMany } from '../batch/get-many.ts';
import type { MailCache } from '../cache/mail-cache.ts';
import type { GmailClient } from '../client/gmail-client.ts';
import type { Follower } from './follow-history.ts';
import type { SingleFlight } from './single-flight.ts';

/** What the parts of an open Gmail mailbox share. */
export interface GmailContext {
  readonly emailAddress: string;
  readonly apiRootUrl: string;
  readonly client: GmailClient;
  readonly getMany: GetMany;
  readonly cache: MailCache;
  readonly follower: Follower;
  readonly share: SingleFlight;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
}

/** The account whose token it is. */
export const userId = 'me';
