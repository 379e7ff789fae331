import type { Label, LabelCounts, LabelFields } from '../../mail/message.ts';
import type { MessageTarget } from './message-rows.ts';

/** A label with the integer that stands for it in the store, which it keeps for good. */
export interface LabelRow extends Label {
  readonly key: number;
}

/** The labels of a mailbox. */
export interface LabelRows {
  /** System labels first, then the user's in the order they were made. */
  list(): Promise<readonly LabelRow[]>;
  /** Counts the messages of a label; unread are those that have the label `unreadKey` as well. */
  count(key: number, unreadKey: number): Promise<LabelCounts>;
}

export interface LabelWriter extends LabelRows {
  /**
   * Makes a label whose name is free (compared as `foldLabelName` folds it). `idOf` is asked for its id when its key is
   * known; keys of user labels are 100 and up, and no key is given twice.
   */
  insert(label: LabelFields & Pick<Label, 'type'>, idOf: (key: number) => string): Promise<LabelRow>;
  /** Makes a label that another store has, with its key and its id, which are both free. Later keys come after it. */
  restore(label: LabelRow): Promise<void>;
  /** Changes the fields that are given. */
  update(key: number, fields: Partial<LabelFields>): Promise<void>;
  /** Deletes a label and takes it off its messages, which are answered. */
  delete(key: number): Promise<readonly MessageTarget[]>;
}
