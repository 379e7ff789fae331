import type { Grant } from '../../core/grants.ts';
import type { Mailbox, MailboxReader } from '../../mail/mailbox.ts';
import type { Apply } from '../../safety/changes/apply-changes.ts';
import type { DryRun } from '../../safety/changes/dry-run.ts';
import type { UndoResult } from '../../safety/changes/undo.ts';
import type { Sending } from '../../safety/sending.ts';
import type { Uploads } from '../../safety/uploads.ts';

/** What an operation is given beside its input. */
export interface Call {
  /** What the caller may do. */
  readonly grants: ReadonlySet<Grant>;
  /** Reads only: what changes something goes through `apply`, which an operation that reads is not given. */
  readonly mailbox: MailboxReader;
  readonly emailAddress: string;
  /** Whether anything leaves this machine: what a mailbox only keeps must not be told as if it happened. */
  readonly delivery: Mailbox['delivery'];
  /** Aborted when the caller is gone or the server stops. */
  readonly signal: AbortSignal;
  readonly nowMs: number;
  /** IANA name of the zone in which days begin. */
  readonly timeZone: string;
}

/** What an operation that changes something is given beside that. */
export interface Changing {
  /** Makes a change, by the rules of its row in `safety/changes/change-table.ts`; in a dry run only shows it. */
  readonly apply: Apply;
  /** Takes back the change of this sequence, or the caller's last. Throws as `undo` of `safety/changes/undo.ts`. */
  readonly undo: (sequence?: number) => Promise<UndoResult | DryRun>;
  /** Files that callers have sent ahead, to be attached. */
  readonly uploads: Uploads;
}

/** What an operation that sends is given beside that: the outbox, which sends once and where policy allows. */
export interface Sends {
  readonly sending: Sending;
}

/** What an operation is given that changes something. */
export type ChangingCall = Call & Changing;
/** Everything that a call can be given; each operation's type shows it only what its grant and route allow. */
export type SendingCall = ChangingCall & Sends;
