import { indexedFields, type Condition, type TextCondition } from '../../../src/store/mail/condition.ts';
import type { MessageParts } from './store-under-test.ts';

/** What a search may ask of a message. */
export type Searched = Required<
  Pick<
    MessageParts,
    'texts' | 'labelIds' | 'internalDateMs' | 'sizeBytes' | 'messageId' | 'attachmentNames' | 'threadId'
  >
>;

/** Whether a message matches, as simply as it can be said. */
export function isMatch(condition: Condition, message: Searched, keys: ReadonlyMap<string, number>): boolean {
  switch (condition.kind) {
    case 'all':
      return true;
    case 'none':
      return false;
    case 'and':
      return condition.conditions.every((part) => isMatch(part, message, keys));
    case 'or':
      return condition.conditions.some((part) => isMatch(part, message, keys));
    case 'not':
      return !isMatch(condition.condition, message, keys);
    case 'text':
      return (condition.fields ?? indexedFields).some((field) =>
        condition.near === undefined
          ? holds(message.texts[field], condition.words)
          : holdsNear(message.texts[field], condition.words, condition.near),
      );
    case 'label':
      return message.labelIds.some((id) => condition.keys.includes(keys.get(id) ?? 0));
    case 'userLabel':
      return message.labelIds.some((id) => id.startsWith('Label_'));
    case 'attachment':
      return message.attachmentNames.length > 0;
    case 'date':
      return (
        message.internalDateMs >= (condition.fromMs ?? 0) &&
        message.internalDateMs < (condition.beforeMs ?? Number.POSITIVE_INFINITY)
      );
    case 'size':
      return (
        message.sizeBytes >= (condition.minBytes ?? 0) &&
        message.sizeBytes < (condition.belowBytes ?? Number.POSITIVE_INFINITY)
      );
    case 'messageId':
      return message.messageId === condition.messageId;
  }
}

function holds(text = '', phrase: readonly string[]): boolean {
  return ` ${text} `.includes(` ${phrase.join(' ')} `);
}

/** Tries every number of words between, in both orders. */
function holdsNear(text = '', phrase: readonly string[], near: NonNullable<TextCondition['near']>): boolean {
  const all = text.split(' ');
  const ends = (wanted: readonly string[]): readonly (readonly [number, number])[] =>
    all.flatMap((_, start) =>
      wanted.every((word, offset) => all[start + offset] === word) ? [[start, start + wanted.length - 1] as const] : [],
    );
  const isBefore = (some: readonly string[], others: readonly string[]): boolean =>
    ends(some).some(([, end]) => ends(others).some(([start]) => start > end && start - end <= near.within));
  return isBefore(phrase, near.words) || isBefore(near.words, phrase);
}
