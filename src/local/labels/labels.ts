import { AppError } from '../../core/errors.ts';
import { foldLabelName, shownLabelName } from '../../mail/label-names.ts';
import type { Label, systemLabelIds } from '../../mail/message.ts';
import type { LabelRow } from '../../store/mail/label-rows.ts';
import type { MailWriter } from '../../store/mail/mail-store.ts';

/** Gmail's limit (developers.google.com/workspace/gmail/api/reference/rest/v1/users.labels). */
export const maxNameCharacters = 225;

/** The label of an id that a caller gives. Throws `NOT_FOUND`. */
export function findLabel(labels: readonly LabelRow[], id: string): LabelRow {
  const found = labels.find((label) => label.id === id);
  if (found !== undefined) return found;
  throw new AppError('NOT_FOUND', `There is no label with the id ${id}.`, {
    field: 'id',
    expected: 'an id that list_labels shows',
    got: id,
  });
}

/** The label of a name, compared without case and with single spaces. */
export function findByName(labels: readonly LabelRow[], name: string): LabelRow | undefined {
  const folded = foldLabelName(name);
  return labels.find((label) => foldLabelName(label.name) === folded);
}

/** The id of a user label that is made here. */
export function userLabelId(key: number): string {
  return `Label_${key}`;
}

/**
 * The labels that an archive names for each of several messages, each once, making what is missing. A name that is too
 * long is cut, and an empty one left out: no message is refused for its labels.
 */
export async function ensureLabels(
  rows: MailWriter,
  namesOfEach: readonly (readonly string[])[],
): Promise<readonly (readonly LabelRow[])[]> {
  const known = new Map((await rows.labels.list()).map((label) => [foldLabelName(label.name), label]));
  const all: (readonly LabelRow[])[] = [];
  for (const names of namesOfEach) {
    const labels = new Set<LabelRow>();
    for (const name of names.map((name) => name.slice(0, maxNameCharacters)).filter((name) => name.trim() !== '')) {
      const folded = foldLabelName(name);
      const label =
        known.get(folded) ?? (await rows.labels.insert({ name: shownLabelName(name), type: 'user' }, userLabelId));
      known.set(folded, label);
      labels.add(label);
    }
    all.push([...labels]);
  }
  return all;
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
