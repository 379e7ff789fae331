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
  /** The server that received the message found that nothing proves whom it is from. */
  readonly isUnverified?: true;
  /** How many messages its thread has, where that is known. */
  readonly threadMessages?: number;
}

/** A message exactly as it was received (RFC 5322 bytes). */
export interface RawMessage {
  readonly summary: MessageSummary;
  readonly raw: Uint8Array;
}

/** A message as it is read: its headers, its text and what is attached, without the attachments' bytes. */
export interface ReadableMessage {
  readonly summary: MessageSummary;
  readonly content: MailContent;
  /**
   * Whether the addresses were read off a header whose words somebody else has decoded: text may pass for an address in
   * them. Before an answer goes to them, they are to be read off the message itself.
   */
  readonly hasDoubtfulAddresses?: boolean;
  /** Why only the header could be read. */
  readonly problem?: string;
}

/** One address of a header. Either part may be empty in mail that is broken. */
export interface Address {
  readonly name: string;
  readonly address: string;
}

/** What is known of a file inside a message without its bytes. */
export interface AttachmentFacts {
  /** Decoded, never a path; where the message names none, named by its type: `invite.ics`, `attachment`. */
  readonly filename: string;
  readonly mimeType: string;
  /** Whether the message shows it in place, as a picture in its HTML. */
  readonly isInline: boolean;
  /** Without angle brackets. */
  readonly contentId?: string;
  /** After decoding. */
  readonly sizeBytes: number;
}

/** A file inside a message. */
export interface Attachment extends AttachmentFacts {
  readonly content: Uint8Array;
  /** What the message says that a text file is written in. */
  readonly charset?: string;
}

/** What is read of a message. Every text is decoded; nothing is trusted. */
export interface MailContent {
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
  readonly attachments: readonly AttachmentFacts[];
  /** Every header in order, names in lower case, values decoded and unfolded. */
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

/** What a MIME parser finds in a message: its content with the attachments' bytes. */
export interface ParsedMail extends MailContent {
  readonly attachments: readonly Attachment[];
}

/** Colours of a label, from Gmail's palette, as `#rrggbb`. */
export interface LabelColor {
  readonly textColor: string;
  readonly backgroundColor: string;
}

/** What can be chosen of a user label. */
export interface LabelFields {
  readonly name: string;
  readonly messageListVisibility?: 'show' | 'hide';
  readonly labelListVisibility?: 'labelShow' | 'labelShowIfUnread' | 'labelHide';
  readonly color?: LabelColor;
}

/** A label as Gmail lists it. */
export interface Label extends LabelFields {
  readonly id: string;
  readonly type: 'system' | 'user';
}

/** How many messages and threads have a label, and how many of them are unread. */
export interface LabelCounts {
  readonly messagesTotal: number;
  readonly messagesUnread: number;
  readonly threadsTotal: number;
  readonly threadsUnread: number;
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
