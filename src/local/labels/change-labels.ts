import { AppError } from '../../core/errors.ts';
import { foldLabelName, shownLabelName } from '../../mail/label-names.ts';
import type { Label, LabelColor, LabelCounts, LabelFields } from '../../mail/message.ts';
import { systemLabelNamed } from '../../mail/system-labels.ts';
import type { LabelRow } from '../../store/mail/label-rows.ts';
import type { MailStore } from '../../store/mail/mail-store.ts';
import { dropLabelFromFilters } from '../arrival/filters.ts';
import { keptHistoryRecords } from '../reading/history.ts';
import { labelColors } from './label-colors.ts';
import { findByName, findLabel, maxNameCharacters, publicLabel, userLabelId } from './labels.ts';

/** Gmail's limit for the labels of a mailbox (developers.google.com/workspace/gmail/api/guides/labels). */
export const maxUserLabels = 10_000;

/** Names that Gmail keeps for itself beside those of its system labels. */
const reservedNames: ReadonlySet<string> = new Set(['all mail', 'sent mail', 'muted', 'snoozed', 'scheduled', 'bin']);

/** Makes a user label; see `MailboxWriter.createLabel`. */
export async function createLabel(store: MailStore, fields: LabelFields): Promise<Label> {
  checkFields(fields);
  return store.write(async (rows) => {
    const labels = await rows.labels.list();
    refuseTakenName(labels, fields.name);
    if (labels.filter(({ type }) => type === 'user').length >= maxUserLabels) {
      throw new AppError('INVALID_INPUT', 'This mailbox has as many labels as it can have.', {
        expected: `at most ${maxUserLabels} labels`,
        hint: 'Delete labels that are not needed any more.',
      });
    }
    return publicLabel(await rows.labels.insert({ ...fields, type: 'user' }, userLabelId));
  });
}

/** Changes the fields that are given; see `MailboxWriter.updateLabel`. */
export async function updateLabel(store: MailStore, id: string, fields: Partial<LabelFields>): Promise<Label> {
  checkFields(fields);
  return store.write(async (rows) => {
    const labels = await rows.labels.list();
    const { key } = findUserLabel(labels, id);
    if (fields.name !== undefined) refuseTakenName(labels, fields.name, key);
    await rows.labels.update(key, fields);
    return publicLabel(findLabel(await rows.labels.list(), id));
  });
}

/** Deletes a user label and takes it off every message and filter; see `MailboxWriter.deleteLabel`. */
export function deleteLabel(store: MailStore, id: string): Promise<void> {
  return store.write(async (rows) => {
    const { key } = findUserLabel(await rows.labels.list(), id);
    const labelled = await rows.labels.delete(key);
    await dropLabelFromFilters(rows, id);
    const firstHistoryId = await rows.history.take(labelled.length);
    await rows.history.record(
      labelled.map((message, index) => ({
        historyId: firstHistoryId + index,
        kind: 'relabelled',
        messageId: message.id,
        threadKey: message.threadKey,
        labelsAdded: [],
        labelsRemoved: [id],
      })),
    );
    await rows.history.keep(keptHistoryRecords);
  });
}

/** Counts for one label. Throws `NOT_FOUND`. */
export function getLabelCounts(store: MailStore, id: string): Promise<LabelCounts> {
  return store.read(async (rows) => {
    const labels = await rows.labels.list();
    return rows.labels.count(findLabel(labels, id).key, findLabel(labels, 'UNREAD').key);
  });
}

function findUserLabel(labels: readonly LabelRow[], id: string): LabelRow {
  const label = findLabel(labels, id);
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
  const isReserved = systemLabelNamed(shownLabelName(name)) !== undefined || reservedNames.has(foldLabelName(name));
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

function refuseTakenName(labels: readonly LabelRow[], name: string, ownKey?: number): void {
  const taken = findByName(labels, name);
  if (taken === undefined || taken.key === ownKey) return;
  throw new AppError('CONFLICT', `There is a label of this name already: ${taken.name}.`, { field: 'name', got: name });
}
