/** How an attachment was turned into text. */
export const documentForms = [
  'text',
  'html',
  'pdf',
  'docx',
  'xlsx',
  'pptx',
  'odf',
  'rtf',
  'calendar',
  'contact',
  'message',
  'zip',
] as const;
export type DocumentForm = (typeof documentForms)[number];

/** A file whose text is wanted. Nothing of it is trusted: neither name nor type need fit the bytes. */
export interface DocumentFile {
  readonly filename: string;
  readonly mimeType: string;
  readonly content: Uint8Array;
  /** What the message says that a text is written in. */
  readonly charset?: string;
}

/** The text of a document, piece by piece in reading order: who has read enough stops asking. */
export interface DocumentText {
  readonly form: DocumentForm;
  readonly pieces: AsyncIterable<string>;
  /** What a reader should know, in words of ours: `3 pages`, `sheet 2 of 5 has 40,000 rows`. Complete once the pieces are. */
  readonly notes: readonly string[];
}

/** Which part of a document's text is wanted. */
export interface DocumentRange {
  /** Characters to leave out at the beginning. */
  readonly offset: number;
  readonly maxChars: number;
  /** IANA name of the zone in which times are told. */
  readonly timeZone: string;
}

/** A window of a document's text. */
export interface DocumentWindow {
  readonly form: DocumentForm;
  readonly text: string;
  /** Whether there is text behind the window. */
  readonly hasMore: boolean;
  readonly notes: readonly string[];
}
