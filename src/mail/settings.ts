/** The settings of a mailbox in Gmail's own shapes (developers.google.com/workspace/gmail/api/reference/rest/v1/users.settings). */

/** The automatic answer while its owner is away. Times are milliseconds since 1970 as decimal strings. */
export interface VacationSettings {
  readonly enableAutoReply: boolean;
  readonly responseSubject?: string;
  readonly responseBodyPlainText?: string;
  /** Gmail uses it instead of the plain text where both are given. */
  readonly responseBodyHtml?: string;
  readonly restrictToContacts?: boolean;
  readonly restrictToDomain?: boolean;
  readonly startTime?: string;
  readonly endTime?: string;
}

/** What becomes of mail that was forwarded or fetched by POP. */
export const mailDispositions = ['leaveInInbox', 'archive', 'trash', 'markRead'] as const;
type MailDisposition = (typeof mailDispositions)[number];

/** Whether all arriving mail is forwarded. The address must be one of the verified forwarding addresses. */
export interface AutoForwarding {
  readonly enabled: boolean;
  readonly emailAddress?: string;
  readonly disposition?: MailDisposition;
}

export interface ImapSettings {
  readonly enabled: boolean;
  readonly autoExpunge?: boolean;
  readonly expungeBehavior?: 'archive' | 'trash' | 'deleteForever';
  readonly maxFolderSize?: number;
}

export interface PopSettings {
  readonly accessWindow: 'disabled' | 'fromNowOn' | 'allMail';
  readonly disposition?: MailDisposition;
}

/** BCP 47, such as `en-GB`. */
interface LanguageSettings {
  readonly displayLanguage: string;
}

/** The settings of which a mailbox has exactly one each. */
export interface Settings {
  readonly vacation: VacationSettings;
  readonly autoForwarding: AutoForwarding;
  readonly imap: ImapSettings;
  readonly pop: PopSettings;
  readonly language: LanguageSettings;
}

type VerificationStatus = 'accepted' | 'pending' | 'rejected' | 'expired';

/** An address that mail may be sent as, with its signature. */
export interface SendAs {
  readonly sendAsEmail: string;
  readonly displayName: string;
  readonly replyToAddress: string;
  /** HTML; Gmail adds it in its own pages only, never to mail that comes through the API. */
  readonly signature: string;
  readonly isPrimary: boolean;
  readonly isDefault: boolean;
  readonly treatAsAlias: boolean;
  /** Not there for the primary address. */
  readonly verificationStatus?: VerificationStatus;
}

/** What can be chosen of a send-as address. */
export type SendAsFields = Partial<
  Pick<SendAs, 'displayName' | 'replyToAddress' | 'signature' | 'isDefault' | 'treatAsAlias'>
>;

export interface ForwardingAddress {
  readonly forwardingEmail: string;
  readonly verificationStatus: VerificationStatus;
}

/** Somebody who may read and send the account's mail. */
export interface Delegate {
  readonly delegateEmail: string;
  readonly verificationStatus: VerificationStatus;
}

/** Which arriving mail a filter is for; all that are given must hold, and at least one must be given. */
export interface FilterCriteria {
  readonly from?: string;
  readonly to?: string;
  readonly subject?: string;
  /** A Gmail query that must match. */
  readonly query?: string;
  /** A Gmail query that must not match. */
  readonly negatedQuery?: string;
  readonly hasAttachment?: boolean;
  readonly excludeChats?: boolean;
  /** Bytes. */
  readonly size?: number;
  readonly sizeComparison?: 'larger' | 'smaller';
}

/** What a filter does with it. */
export interface FilterAction {
  readonly addLabelIds?: readonly string[];
  readonly removeLabelIds?: readonly string[];
  /** A verified forwarding address. */
  readonly forward?: string;
}

export interface FilterFields {
  readonly criteria: FilterCriteria;
  readonly action: FilterAction;
}

/** A filter; Gmail has no way to change one, only to delete it and make another. */
export interface Filter extends FilterFields {
  readonly id: string;
}
