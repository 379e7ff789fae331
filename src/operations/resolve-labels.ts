import { AppError } from '../core/errors.ts';
import type { Label } from '../mail/message.ts';

/** Labels that Gmail sets itself and refuses to change. */
const fixedLabelIds = new Set(['SENT', 'DRAFT', 'CHAT']);

/**
 * Ids of labels given by id or by name (names without regard to case), each once.
 * Throws `INVALID_INPUT` for a label that does not exist or that Gmail does not let anybody change.
 */
export function resolveLabelIds(field: string, wanted: readonly string[], labels: readonly Label[]): readonly string[] {
  const ids = wanted.map((name) => {
    const label =
      labels.find((candidate) => candidate.id === name) ??
      labels.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
    if (label === undefined) {
      throw new AppError('INVALID_INPUT', `There is no label ${JSON.stringify(name)}.`, {
        field,
        expected: 'a name or id that list_labels shows',
        got: name,
      });
    }
    if (fixedLabelIds.has(label.id)) {
      throw new AppError('INVALID_INPUT', `The label ${label.id} cannot be changed by hand.`, { field, got: name });
    }
    return label.id;
  });
  return [...new Set(ids)];
}
