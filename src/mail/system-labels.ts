import { systemLabelIds } from './message.ts';

/** How a query names a system label, in the form that Gmail documents. The first of a label is the canonical one. */
export const systemLabelTerms: readonly {
  readonly operator: string;
  readonly value: string;
  readonly label: string;
}[] = [
  { operator: 'in', value: 'inbox', label: 'INBOX' },
  { operator: 'in', value: 'sent', label: 'SENT' },
  { operator: 'in', value: 'draft', label: 'DRAFT' },
  { operator: 'in', value: 'drafts', label: 'DRAFT' },
  { operator: 'in', value: 'spam', label: 'SPAM' },
  { operator: 'in', value: 'trash', label: 'TRASH' },
  { operator: 'in', value: 'chats', label: 'CHAT' },
  { operator: 'is', value: 'unread', label: 'UNREAD' },
  { operator: 'is', value: 'starred', label: 'STARRED' },
  { operator: 'is', value: 'important', label: 'IMPORTANT' },
  { operator: 'is', value: 'chat', label: 'CHAT' },
  { operator: 'in', value: 'starred', label: 'STARRED' },
  { operator: 'in', value: 'important', label: 'IMPORTANT' },
  { operator: 'in', value: 'unread', label: 'UNREAD' },
  { operator: 'category', value: 'primary', label: 'CATEGORY_PERSONAL' },
  { operator: 'category', value: 'social', label: 'CATEGORY_SOCIAL' },
  { operator: 'category', value: 'promotions', label: 'CATEGORY_PROMOTIONS' },
  { operator: 'category', value: 'updates', label: 'CATEGORY_UPDATES' },
  { operator: 'category', value: 'forums', label: 'CATEGORY_FORUMS' },
];

/** The id of the system label that a name means (`inbox`, `Drafts`, `CATEGORY_SOCIAL`), or undefined: a user label. */
export function systemLabelNamed(name: string): string | undefined {
  const id = systemLabelIds.find((candidate) => candidate === name.toUpperCase());
  if (id !== undefined) return id;
  const isName = (term: { operator: string; value: string }): boolean =>
    term.operator !== 'category' && term.value === name.toLowerCase();
  return systemLabelTerms.find(isName)?.label;
}
