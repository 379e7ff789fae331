/** A file of a demo message. */
export interface DemoFile {
  readonly filename: string;
  readonly mimeType: string;
  readonly content: Uint8Array;
  /** Shown inside the HTML as `cid:` this; such a file is no attachment of its own. */
  readonly contentId?: string;
}

/** A message of the demo mailbox before it is written as RFC 5322 bytes. */
export interface DemoMessage {
  /** Unique; the local part of the Message-ID. */
  readonly key: string;
  /** When it arrived, hours before the mailbox was made. */
  readonly hoursAgo: number;
  /** `Name <address>` */
  readonly from: string;
  readonly to: readonly string[];
  readonly cc?: readonly string[];
  readonly subject: string;
  readonly text?: string;
  readonly html?: string;
  /** An iCalendar object (RFC 5545) sent as an invitation. */
  readonly invitation?: string;
  readonly files?: readonly DemoFile[];
  /** Key of the message it answers. */
  readonly answers?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** Ids of system labels, names of user labels. */
  readonly labels: readonly string[];
}

/** The address of the demo mailbox. `.example` belongs to nobody (RFC 2606). */
export const demoAddress = 'demo@gmail-llm.example';
/** Its owner as the messages call them. */
export const demoOwner = `Robin Meyer <${demoAddress}>`;
