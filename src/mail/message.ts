/** A message as a list shows it. Names and forms are Gmail's: ids are hex, dates and history ids decimal strings. */
export interface MessageSummary {
  readonly id: string;
  readonly threadId: string;
  /** When the message was received, milliseconds since 1970 as a decimal string. */
  readonly internalDate: string;
  readonly historyId: string;
  /** Size of the whole message in bytes. */
  readonly sizeEstimate: number;
  /** The From header decoded, `Ann Lee <ann@example.org>`. */
  readonly from: string;
  /** The To header decoded, addresses separated by `, `. */
  readonly to: string;
  readonly cc: string;
  readonly bcc: string;
  readonly subject: string;
  /** The first words of the text, at most 200 characters. */
  readonly snippet: string;
  readonly labelIds: readonly string[];
  /** Names of the attached files. */
  readonly attachmentNames: readonly string[];
}

/** A message with its content exactly as it was received (RFC 5322 bytes). */
export interface StoredMessage {
  readonly summary: MessageSummary;
  readonly raw: Uint8Array;
}

/** One address of a header. Either part may be empty in mail that is broken. */
export interface Address {
  readonly name: string;
  readonly address: string;
}

/** A file inside a message. */
export interface Attachment {
  /** Decoded, never a path; `attachment` where the message names none. */
  readonly filename: string;
  readonly mimeType: string;
  /** Whether the message shows it in place, as a picture in its HTML. */
  readonly isInline: boolean;
  /** Without angle brackets. */
  readonly contentId?: string;
  readonly content: Uint8Array;
}

/** What a MIME parser finds in a message. Every text is decoded; nothing is trusted. */
export interface ParsedMail {
  readonly from: readonly Address[];
  readonly to: readonly Address[];
  readonly cc: readonly Address[];
  readonly bcc: readonly Address[];
  readonly replyTo: readonly Address[];
  readonly deliveredTo: readonly string[];
  readonly subject: string;
  /** The Date header as milliseconds since 1970; undefined where missing or unreadable. */
  readonly dateMs?: number;
  /** Without angle brackets; empty where missing. */
  readonly messageId: string;
  /** Message ids of References, then of In-Reply-To, without angle brackets, oldest first, each once. */
  readonly references: readonly string[];
  /** The List-Id header decoded; empty where missing. */
  readonly listId: string;
  /** The text/plain body; undefined where the message has none. */
  readonly text?: string;
  /** The text/html body; undefined where the message has none. */
  readonly html?: string;
  readonly attachments: readonly Attachment[];
  /** Every header in order, names in lower case, values decoded and unfolded. */
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

/** A label as Gmail lists it. */
export interface Label {
  readonly id: string;
  readonly name: string;
  readonly type: 'system' | 'user';
}

/** Gmail's system labels, whose names are their ids. */
export const systemLabelIds = [
  'INBOX',
  'SENT',
  'DRAFT',
  'SPAM',
  'TRASH',
  'UNREAD',
  'STARRED',
  'IMPORTANT',
  'CHAT',
  'CATEGORY_PERSONAL',
  'CATEGORY_SOCIAL',
  'CATEGORY_PROMOTIONS',
  'CATEGORY_UPDATES',
  'CATEGORY_FORUMS',
] as const;
