import type { Label, LabelCounts } from '../../mail/message.ts';

/** System labels in the order, and with the visibility, that Gmail lists them in (recorded in April 2026). */
const systemLabels: readonly (readonly [id: string, isHidden: boolean])[] = [
  ['CHAT', true],
  ['SENT', false],
  ['INBOX', false],
  ['IMPORTANT', true],
  ['TRASH', true],
  ['DRAFT', false],
  ['SPAM', true],
  ['CATEGORY_FORUMS', true],
  ['CATEGORY_UPDATES', true],
  ['CATEGORY_PERSONAL', true],
  ['CATEGORY_PROMOTIONS', true],
  ['CATEGORY_SOCIAL', true],
  ['STARRED', false],
  ['UNREAD', false],
];

/** The labels of a mailbox as `labels.list` has them. */
export function labelList(labels: readonly Label[]): readonly object[] {
  const known = new Map(labels.map((label) => [label.id, label]));
  const system = systemLabels.flatMap(([id, isHidden]) =>
    known.has(id)
      ? [
          {
            id,
            name: id,
            ...(isHidden ? { messageListVisibility: 'hide', labelListVisibility: 'labelHide' } : {}),
            type: 'system',
          },
        ]
      : [],
  );
  return [...system, ...labels.filter(({ type }) => type === 'user').map(userLabel)];
}

/** A label with its counts, as `get` and `patch` have it: without the visibility of a system label. */
export function countedLabel(label: Label, counts: LabelCounts): object {
  const { id, name, type, color } = label;
  const visible = type === 'user' ? visibilityOf(label) : {};
  return { id, name, ...visible, type, ...counts, ...(color === undefined ? {} : { color }) };
}

/** A label as `create` has it: without a type. */
export function newLabel(label: Label): object {
  const { id, name, color } = label;
  return { id, name, ...visibilityOf(label), ...(color === undefined ? {} : { color }) };
}

function userLabel(label: Label): object {
  const { id, name, type, color } = label;
  return { id, name, ...visibilityOf(label), type, ...(color === undefined ? {} : { color }) };
}

function visibilityOf({ messageListVisibility = 'show', labelListVisibility = 'labelShow' }: Label): object {
  return { messageListVisibility, labelListVisibility };
}
