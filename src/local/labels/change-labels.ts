import { AppError } from '../../core/errors.ts';
import type { Database } from '../../store/sqlite/database.ts';
import { integerOf, textOf } from '../../store/sqlite/database.ts';
import type { Label, LabelColor, LabelFields } from '../../mail/message.ts';
import { systemLabelNamed } from '../../mail/system-labels.ts';
import { dropLabelFromFilters } from '../arrival/filters.ts';
import { forgetOldHistory, recordChange, takeHistoryIds } from '../reading/history.ts';
import { labelColors } from './label-colors.ts';
import type { LabelRow } from './labels.ts';
import { findByName, findLabel, foldName, insertLabel, maxNameCharacters, publicLabel, shownName } from './labels.ts';
import { firstUserLabelKey } from '../mailbox-format.ts';

/** Gmail's limit for the labels of a mailbox (developers.google.com/workspace/gmail/api/guides/labels). */
export const maxUserLabels = 10_000;

/** Names that Gmail keeps for itself beside those of its system labels. */
const reservedNames: ReadonlySet<string> = new Set(['all mail', 'sent mail', 'muted', 'snoozed', 'scheduled', 'bin']);

/** Makes a user label; see `MailboxWriter.createLabel`. */
export function createLabel(mailbox: Database, fields: LabelFields): Label {
  checkFields(fields);
  return mailbox.write(() => {
    refuseTakenName(mailbox, fields.name);
    const row = mailbox.get('SELECT count(*) AS total FROM label WHERE key >= ?', firstUserLabelKey);
    if (row !== undefined && integerOf(row, 'total') >= maxUserLabels) {
      throw new AppError('INVALID_INPUT', 'This mailbox has as many labels as it can have.', {
        expected: `at most ${maxUserLabels} labels`,
        hint: 'Delete labels that are not needed any more.',
      });
    }
    const { id } = insertLabel(mailbox, fields.name);
    storeFields(mailbox, id, fields);
    return publicLabel(findLabel(mailbox, id));
  });
}

/** Changes the fields that are given; see `MailboxWriter.updateLabel`. */
export function updateLabel(mailbox: Database, id: string, fields: Partial<LabelFields>): Label {
  checkFields(fields);
  return mailbox.write(() => {
    const label = findUserLabel(mailbox, id);
    if (fields.name !== undefined) {
      refuseTakenName(mailbox, fields.name, label);
      mailbox.run(
        'UPDATE label SET name = ?, folded_name = ? WHERE key = ?',
        shownName(fields.name),
        foldName(fields.name),
        label.key,
      );
    }
    storeFields(mailbox, id, fields);
    return publicLabel(findLabel(mailbox, id));
  });
}

/** Deletes a user label and takes it off every message and filter; see `MailboxWriter.deleteLabel`. */
export function deleteLabel(mailbox: Database, id: string): void {
  mailbox.write(() => {
    const { key } = findUserLabel(mailbox, id);
    const labelled = mailbox.all(
      `SELECT m.id, m.gmail_id, m.thread_key FROM message_label l JOIN message m ON m.id = l.message_key
       WHERE l.label_key = ?`,
      key,
    );
    mailbox.run('DELETE FROM message_label WHERE label_key = ?', key);
    mailbox.run('DELETE FROM label WHERE key = ?', key);
    dropLabelFromFilters(mailbox, id);
    const firstHistoryId = takeHistoryIds(mailbox, labelled.length);
    labelled.forEach((row, index) => {
      const historyId = firstHistoryId + index;
      recordChange(mailbox, historyId, {
        kind: 'relabelled',
        gmailId: textOf(row, 'gmail_id'),
        threadKey: integerOf(row, 'thread_key'),
        labelsAdded: [],
        labelsRemoved: [id],
      });
      mailbox.run('UPDATE message SET history_id = ? WHERE id = ?', historyId, integerOf(row, 'id'));
    });
    forgetOldHistory(mailbox);
  });
}

function findUserLabel(mailbox: Database, id: string): LabelRow {
  const label = findLabel(mailbox, id);
  if (label.type === 'user') return label;
  throw new AppError('INVALID_INPUT', `The label ${id} is Gmail's own and cannot be changed.`, {
    field: 'id',
    expected: 'a label of type user',
    got: id,
  });
}

function checkFields({ name, color }: Partial<LabelFields>): void {
  if (name !== undefined) checkName(name);
  if (color !== undefined) checkColor(color);
}

function checkName(name: string): void {
  const refuse = (expected: string): AppError =>
    new AppError('INVALID_INPUT', 'A label cannot have this name.', {
      field: 'name',
      expected,
      got: name.length > maxNameCharacters ? `${name.length} characters` : name,
    });
  if (name.trim() === '' || name.length > maxNameCharacters) throw refuse(`1 to ${maxNameCharacters} characters`);
  const isReserved = systemLabelNamed(shownName(name)) !== undefined || reservedNames.has(foldName(name));
  if (isReserved) throw refuse('a name that Gmail does not use itself');
  if (name.split('/').some((part) => part.trim() === '')) throw refuse('a name on each side of a /');
}

function checkColor(color: LabelColor): void {
  for (const [field, value] of Object.entries(color)) {
    if (labelColors.has(value)) continue;
    throw new AppError('INVALID_INPUT', 'A label cannot have this colour.', {
      field: `color.${field}`,
      expected: "a colour of Gmail's palette for labels, such as #ffffff or #16a766",
      got: value,
    });
  }
}

function refuseTakenName(mailbox: Database, name: string, own?: LabelRow): void {
  const taken = findByName(mailbox, name);
  if (taken === undefined || taken.key === own?.key) return;
  throw new AppError('CONFLICT', `There is a label of this name already: ${taken.name}.`, { field: 'name', got: name });
}

function storeFields(mailbox: Database, id: string, fields: Partial<LabelFields>): void {
  const { messageListVisibility, labelListVisibility, color } = fields;
  const store = (column: string, value: string | undefined): void => {
    if (value !== undefined) mailbox.run(`UPDATE label SET ${column} = ? WHERE gmail_id = ?`, value, id);
  };
  store('message_list_visibility', messageListVisibility);
  store('label_list_visibility', labelListVisibility);
  store('text_color', color?.textColor);
  store('background_color', color?.backgroundColor);
}
