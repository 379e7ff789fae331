import * as z from 'zod';

/** Google leaves out what is empty, and its client types allow null. */
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
const texts = z
  .array(z.string())
  .nullish()
  .transform((value) => value ?? []);

const apiHeader = z.object({ name: text, value: text });
const apiBody = z.object({
  size: z.number().optional(),
  /** Base64url, padded or not. */
  data: z.string().optional(),
  attachmentId: z.string().optional(),
});

/** A part of a message as `format=full` shows it, with only those fields that were asked for. */
export interface ApiPart {
  readonly mimeType: string;
  readonly headers: readonly z.infer<typeof apiHeader>[];
  readonly body?: z.infer<typeof apiBody> | undefined;
  readonly parts: readonly ApiPart[];
}

const apiPart: z.ZodType<ApiPart> = z.lazy(() =>
  z.object({
    mimeType: text,
    headers: z.array(apiHeader).optional().default([]),
    body: apiBody.optional(),
    parts: z.array(apiPart).optional().default([]),
  }),
);

/** A message of Gmail's (developers.google.com/workspace/gmail/api/reference/rest/v1/users.messages). */
export const apiMessage = z.object({
  id: z.string(),
  threadId: z.string(),
  labelIds: texts,
  snippet: text,
  historyId: z.string(),
  internalDate: z.string(),
  sizeEstimate: z.number().optional().default(0),
  payload: apiPart.optional(),
  raw: z.string().optional(),
});
/** A message with those fields that were asked for. */
export type ApiMessage = z.infer<typeof apiMessage>;

/** What a send, an import and a modification answer. */
export const apiFiledMessage = z.object({ id: z.string(), threadId: z.string(), labelIds: texts });

/** A thread with its messages, oldest first. */
export const apiThread = z.object({ id: z.string(), messages: z.array(apiMessage).optional().default([]) });

/** A list without an entry may be answered by nothing at all (204, as recorded of forwarding addresses). */
export function apiList<T>(schema: z.ZodType<T>): z.ZodType<T> {
  return z.preprocess((value) => (value === '' || value === null || value === undefined ? {} : value), schema);
}

const nextPageToken = z
  .string()
  .nullish()
  .transform((value) => value ?? undefined);
const idOnly = z.object({ id: z.string() });

/** A page of a search: ids alone. */
export const apiMessageList = apiList(z.object({ messages: z.array(idOnly).optional().default([]), nextPageToken }));
/** A page of threads: ids alone. */
export const apiThreadList = apiList(z.object({ threads: z.array(idOnly).optional().default([]), nextPageToken }));
/** A draft with the id of its message. */
export const apiDraft = z.object({ id: z.string(), message: idOnly });
/** What tells whether a draft still is one. */
export const apiDraftLabels = z.object({ message: z.object({ labelIds: texts }) });
/** A draft with its message as it is. */
export const apiRawDraft = z.object({ id: z.string(), message: apiMessage });
/** A page of drafts. */
export const apiDraftList = apiList(z.object({ drafts: z.array(apiDraft).optional().default([]), nextPageToken }));
/** The bytes of a part, base64url. */
export const apiAttachment = z.object({ data: z.string() });
/** A watch that was begun, and when it ends. */
export const apiWatch = z.object({ historyId: z.string(), expiration: z.string() });
/** Whose mailbox it is, and where its history stands. */
export const apiProfile = z.object({
  emailAddress: z.string(),
  messagesTotal: z.number().optional().default(0),
  threadsTotal: z.number().optional().default(0),
  historyId: z.string(),
});

const changedMessage = z.object({ id: z.string(), threadId: z.string(), labelIds: texts });
const changedMessages = z.array(z.object({ message: changedMessage })).optional();
const changedLabels = z.array(z.object({ message: changedMessage, labelIds: texts })).optional();
const apiHistoryRecord = z.object({
  id: z.string(),
  messages: z.array(z.object({ id: z.string(), threadId: z.string() })).optional(),
  messagesAdded: changedMessages,
  messagesDeleted: changedMessages,
  labelsAdded: changedLabels,
  labelsRemoved: changedLabels,
});
/** One step of the history. */
export type ApiHistoryRecord = z.infer<typeof apiHistoryRecord>;
/** A page of the history, and where it stands now, if that is said. */
export const apiHistory = apiList(
  z.object({
    history: z.array(apiHistoryRecord).optional().default([]),
    historyId: z.string().optional(),
    nextPageToken,
  }),
);
