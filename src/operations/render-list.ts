import type { Label } from '../mail/message.ts';
import type { MessageSummaryView } from './message-schemas.ts';
import type { Call } from './operation.ts';
import { formatMinute, oneLine } from './render-text.ts';

/** Characters of a snippet that a list shows: enough to choose by, a third of what is stored. */
const snippetChars = 90;

/** Labels that say nothing in a list: nearly every message has one of them. */
const quietLabels = new Set(['INBOX', 'CATEGORY_PERSONAL']);

/** Names of a message's labels, in the words a person uses. */
export function labelNames(labelIds: readonly string[], labels: readonly Label[]): readonly string[] {
  return labelIds
    .filter((id) => !quietLabels.has(id))
    .map((id) => oneLine(labels.find((label) => label.id === id && label.type === 'user')?.name ?? id.toLowerCase()));
}

function renderSummary(message: MessageSummaryView, labels: readonly Label[], timeZone: string): string {
  const facts = [...labelNames(message.labelIds, labels), ...message.attachmentNames.map((name) => oneLine(name, 40))];
  const parts = [
    message.id,
    formatMinute(Number(message.internalDate), timeZone),
    oneLine(message.from, 80),
    oneLine(message.subject, 120) || '(no subject)',
    ...(facts.length === 0 ? [] : [`[${facts.join(', ')}]`]),
    ...(message.threadId === message.id ? [] : [`thread ${message.threadId}`]),
  ];
  const snippet = oneLine(message.snippet, snippetChars);
  return snippet === '' ? parts.join(' | ') : `${parts.join(' | ')}\n  ${snippet}`;
}

/** Search results for a model: one line of facts and one of text for each message, then how to get the next page. */
export async function renderMessageList(
  page: { readonly messages: readonly MessageSummaryView[]; readonly nextPageToken?: string | undefined },
  input: { readonly q: string },
  call: Call,
): Promise<string> {
  if (page.messages.length === 0) return input.q === '' ? 'No messages.' : `No messages match ${oneLine(input.q)}`;
  const labels = await call.mailbox.listLabels();
  const more =
    page.nextPageToken === undefined ? 'That is all.' : `More: the same call with pageToken ${page.nextPageToken}`;
  const lines = page.messages.map((message) => renderSummary(message, labels, call.timeZone));
  return [...lines, more].join('\n');
}
