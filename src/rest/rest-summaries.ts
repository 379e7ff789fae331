/** Summaries for programs, where an operation's own is written for a model with other tools at hand. */
export const summaries: Readonly<Record<string, string>> = {
  search_messages:
    'Messages that match a Gmail query, newest first. Without q: the newest of all mail but spam and trash.',
  read_message: 'One message: headers, body, and facts of its attachments, each with a handle (a1, a2, …).',
  read_thread: 'A whole conversation, oldest message first; ownText is each text without what it quotes of the others.',
  read_attachment: 'The bytes of an attachment, by its handle (a1, a2, …).',
  trash_messages: 'Move messages to the trash; POST /api/messages/untrash takes them out again.',
  delete_draft: 'Delete a draft. POST /api/undo writes it again, with another id.',
  delete_messages:
    'Delete messages for good, at once and past any undoing; what is in the trash can still be taken out.',
};

/** What the API's page says of an operation. */
export function summaryOf({ name, summary }: { readonly name: string; readonly summary: string }): string {
  return summaries[name] ?? summary;
}
