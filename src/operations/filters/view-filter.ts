import type { Label } from '../../mail/message.ts';
import type { Filter } from '../../mail/settings.ts';
import type { FilterView } from './filter-schemas.ts';
import { formatSize, oneLine } from '../kernel/render-text.ts';

const addedInWords: Readonly<Record<string, string>> = {
  STARRED: 'star it',
  IMPORTANT: 'mark it important',
  TRASH: 'move it to the trash',
  SPAM: 'move it to spam',
  UNREAD: 'keep it unread',
  INBOX: 'keep it in the inbox',
};

const removedInWords: Readonly<Record<string, string>> = {
  INBOX: 'skip the inbox',
  UNREAD: 'mark it read',
  SPAM: 'never send it to spam',
  IMPORTANT: 'never mark it important',
};

function labelName(id: string, labels: readonly Label[]): string {
  return oneLine(labels.find((label) => label.id === id)?.name ?? id);
}

function criteriaInWords({ criteria }: Filter): string {
  const { from, to, subject, query, negatedQuery, hasAttachment, excludeChats, size, sizeComparison } = criteria;
  const parts = [
    ...(from === undefined ? [] : [`from ${oneLine(from)}`]),
    ...(to === undefined ? [] : [`to ${oneLine(to)}`]),
    ...(subject === undefined ? [] : [`with subject "${oneLine(subject)}"`]),
    ...(query === undefined ? [] : [`matching "${oneLine(query)}"`]),
    ...(negatedQuery === undefined ? [] : [`not matching "${oneLine(negatedQuery)}"`]),
    ...(hasAttachment === true ? ['with an attachment'] : []),
    ...(size === undefined ? [] : [`${sizeComparison ?? 'larger'} than ${formatSize(size)}`]),
    ...(excludeChats === true ? ['that is no chat'] : []),
  ];
  return parts.length === 0 ? 'All mail' : `Mail ${parts.join(', ')}`;
}

function actionInWords({ action }: Filter, labels: readonly Label[]): string {
  const { addLabelIds = [], removeLabelIds = [], forward } = action;
  const parts = [
    // First, and in capitals: it is the one that lets mail out of the house.
    ...(forward === undefined ? [] : [`FORWARD it to ${oneLine(forward)}`]),
    ...addLabelIds.map((id) => addedInWords[id] ?? `add ${labelName(id, labels)}`),
    ...removeLabelIds.map((id) => removedInWords[id] ?? `remove ${labelName(id, labels)}`),
  ];
  return parts.length === 0 ? 'nothing is done' : parts.join(', ');
}

/** A filter with what it does in words, labels by their names. */
export function viewFilter(kept: Filter, labels: readonly Label[]): FilterView {
  return { ...kept, effect: `${criteriaInWords(kept)}: ${actionInWords(kept, labels)}.` };
}
