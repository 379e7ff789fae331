import { nearestWord } from '../../core/did-you-mean.ts';
import { AppError, type ErrorDetails } from '../../core/errors.ts';
import type { Label } from '../../mail/message.ts';

/** Labels that Gmail sets itself and refuses to change. */
const fixedLabelIds = new Set(['SENT', 'DRAFT', 'CHAT']);

/** The label with this id or, failing that, of this name (without regard to case). */
function labelNamed(wanted: string, labels: readonly Label[]): Label | undefined {
  const name = wanted.toLowerCase();
  return labels.find(({ id }) => id === wanted) ?? labels.find((label) => label.name.toLowerCase() === name);
}

/** What is said of a label that does not exist. */
function unknownLabel(field: string, wanted: string, labels: readonly Label[]): ErrorDetails {
  const names = labels.map(({ name }) => name);
  const nearest = nearestWord(wanted, names);
  const example = nearest === undefined ? '' : `, such as ${nearest}`;
  return { field, expected: `a name or id that list_labels shows${example}`, got: wanted };
}

/** Ids of labels given by id or by name, each once. Throws `INVALID_INPUT` for a label that does not exist. */
export function knownLabelIds(field: string, wanted: readonly string[], labels: readonly Label[]): readonly string[] {
  const ids = wanted.map((name) => {
    const label = labelNamed(name, labels);
    if (label !== undefined) return label.id;
    throw new AppError(
      'INVALID_INPUT',
      `There is no label ${JSON.stringify(name)}.`,
      unknownLabel(field, name, labels),
    );
  });
  return [...new Set(ids)];
}

/** As {@link knownLabelIds}; also throws `INVALID_INPUT` for a label that Gmail does not let anybody change. */
export function resolveLabelIds(field: string, wanted: readonly string[], labels: readonly Label[]): readonly string[] {
  const ids = knownLabelIds(field, wanted, labels);
  const fixed = ids.find((id) => fixedLabelIds.has(id));
  if (fixed === undefined) return ids;
  throw new AppError('INVALID_INPUT', `The label ${fixed} cannot be changed by hand.`, { field, got: fixed });
}

/** The label with this id or name. Throws `NOT_FOUND`. */
export function anyLabel(wanted: string, labels: readonly Label[]): Label {
  const label = labelNamed(wanted, labels);
  if (label !== undefined) return label;
  throw new AppError('NOT_FOUND', `There is no label ${JSON.stringify(wanted)}.`, unknownLabel('id', wanted, labels));
}

/** The owner's own label with this id or name. Throws `NOT_FOUND`, and `INVALID_INPUT` for one of Gmail's. */
export function ownLabel(wanted: string, labels: readonly Label[]): Label {
  const label = anyLabel(wanted, labels);
  if (label.type === 'user') return label;
  throw new AppError('INVALID_INPUT', `${label.id} is a label of Gmail's own, which nobody can change or delete.`, {
    field: 'id',
    expected: 'a label of your own',
    got: wanted,
  });
}
