import { AppError } from '../../core/errors.ts';
import type { Label, systemLabelIds } from '../../mail/message.ts';
import type { Database, Row } from '../../store/sqlite/database.ts';
import { integerOf, textOf } from '../../store/sqlite/database.ts';
import { firstUserLabelKey } from '../mailbox-format.ts';

/** A label with the integer that stands for it in the tables. */
export interface LabelRow extends Label {
  readonly key: number;
}

/** Gmail's limit (developers.google.com/workspace/gmail/api/reference/rest/v1/users.labels). */
export const maxNameCharacters = 225;

/** Two labels whose names fold to the same text are one label. */
export function foldName(name: string): string {
  return shownName(name).toLowerCase();
}

function labelRowOf(row: Row): LabelRow {
  const key = integerOf(row, 'key');
  const { message_list_visibility: inMessages, label_list_visibility: inLabels } = row;
  return {
    key,
    id: textOf(row, 'gmail_id'),
    name: textOf(row, 'name'),
    type: key < firstUserLabelKey ? 'system' : 'user',
    ...(inMessages === 'show' || inMessages === 'hide' ? { messageListVisibility: inMessages } : {}),
    ...(inLabels === 'labelShow' || inLabels === 'labelShowIfUnread' || inLabels === 'labelHide'
      ? { labelListVisibility: inLabels }
      : {}),
    ...(row.text_color === null
      ? {}
      : { color: { textColor: textOf(row, 'text_color'), backgroundColor: textOf(row, 'background_color') } }),
  };
}

/** System labels first, then the user's in the order they were made. */
export function readLabels(database: Database): readonly LabelRow[] {
  return database.all('SELECT * FROM label ORDER BY key').map(labelRowOf);
}

/** The label of an id that a caller gives. Throws `NOT_FOUND`. */
export function findLabel(database: Database, id: string): LabelRow {
  const row = database.get('SELECT * FROM label WHERE gmail_id = ?', id);
  if (row !== undefined) return labelRowOf(row);
  throw new AppError('NOT_FOUND', `There is no label with the id ${id}.`, {
    field: 'id',
    expected: 'an id that list_labels shows',
    got: id,
  });
}

/** A label keeps its key and its id for good, so both are remembered for as long as the database is open. */
const knownIds = new WeakMap<Database, ReadonlyMap<number, string>>();

/** The ids of labels by their keys, system labels first. */
export function labelIdsOf(database: Database, keys: readonly number[]): readonly string[] {
  const isKnown = keys.every((key) => knownIds.get(database)?.has(key));
  if (!isKnown) knownIds.set(database, new Map(readLabels(database).map(({ key, id }) => [key, id])));
  return keys.toSorted((a, b) => a - b).flatMap((key) => knownIds.get(database)?.get(key) ?? []);
}

/** The label of a name, compared without case and with single spaces. */
export function findByName(database: Database, name: string): LabelRow | undefined {
  const row = database.get('SELECT * FROM label WHERE folded_name = ?', foldName(name));
  return row === undefined ? undefined : labelRowOf(row);
}

/** A label's name as it is shown: without spaces around it, and with single ones inside. */
export function shownName(name: string): string {
  return name.trim().replaceAll(/\s+/g, ' ');
}

/** Makes a user label of a name that is free. Runs inside a write transaction. */
export function insertLabel(database: Database, name: string): LabelRow {
  const shown = shownName(name);
  // The id carries the key, which is not known before the row is there.
  const row = database.get(
    "INSERT INTO label (gmail_id, name, folded_name) VALUES ('new', ?, ?) RETURNING key",
    shown,
    foldName(name),
  );
  if (row === undefined) throw new Error('a label was stored without a key');
  const key = integerOf(row, 'key');
  const id = `Label_${key}`;
  database.run('UPDATE label SET gmail_id = ? WHERE key = ?', id, key);
  return { key, id, name: shown, type: 'user' };
}

/**
 * The labels that an archive names, each once, making what is missing. A name that is too long is cut, and an empty
 * one left out: no message is refused for its labels. Runs inside a write transaction; `known` saves looking up the
 * same names again within it.
 */
export function ensureLabels(
  database: Database,
  names: readonly string[],
  known: Map<string, LabelRow>,
): readonly LabelRow[] {
  const ensure = (name: string): LabelRow => {
    const label = known.get(foldName(name)) ?? findByName(database, name) ?? insertLabel(database, name);
    known.set(foldName(name), label);
    return label;
  };
  const wanted = names.map((name) => name.slice(0, maxNameCharacters)).filter((name) => name.trim() !== '');
  return [...new Set(wanted.map(ensure))];
}

/** A label as a caller sees it. */
export function publicLabel(row: LabelRow): Label {
  const { key: _, ...label } = row;
  return label;
}

/** Labels that say what a message is, so that nobody puts them on or takes them off (Gmail's guide to labels). */
const fixedLabelIds: ReadonlySet<string> = new Set<(typeof systemLabelIds)[number]>(['SENT', 'DRAFT', 'CHAT']);

/**
 * The rows of label ids that a caller names in `field`. Throws `INVALID_INPUT` naming those that cannot be used: labels
 * that say what a message is, but for those in `allowed`, and unknown ones.
 */
export function resolveLabelIds(
  labels: readonly LabelRow[],
  ids: readonly string[],
  field: string,
  allowed: readonly string[] = [],
): readonly LabelRow[] {
  const fixed = ids.filter((id) => fixedLabelIds.has(id) && !allowed.includes(id));
  if (fixed.length > 0) {
    throw new AppError('INVALID_INPUT', `Labels that cannot be changed by hand: ${fixed.join(', ')}.`, {
      field,
      expected: 'any other label',
      got: fixed.join(', '),
    });
  }
  const byId = new Map(labels.map((label) => [label.id, label]));
  const unknown = ids.filter((id) => !byId.has(id));
  if (unknown.length > 0) {
    throw new AppError('INVALID_INPUT', `There is no label with the id ${unknown.join(', ')}.`, {
      field,
      expected: 'ids that list_labels shows',
      got: unknown.join(', '),
    });
  }
  return [...new Set(ids)].flatMap((id) => byId.get(id) ?? []);
}
