import { foldLabelName } from '../../mail/label-names.ts';
import type { Label } from '../../mail/message.ts';
import type { LabelRow } from '../../store/mail/label-rows.ts';
import type { MailWriter } from '../../store/mail/mail-store.ts';

/** A name that no label has: of a character for private use. */
export const unusedName = (id: string): string => `\u{f8ff}${id}`;

/** Lets labels take each other's names: those of `known` that are to have another get one that nobody has, first. */
export async function freeNames(
  rows: MailWriter,
  known: Iterable<LabelRow>,
  wanted: readonly Pick<Label, 'id' | 'name'>[],
): Promise<void> {
  const names = new Map(wanted.map(({ id, name }) => [id, foldLabelName(name)]));
  for (const { id, key, name } of known) {
    const next = names.get(id);
    if (next !== undefined && next !== foldLabelName(name)) await rows.labels.update(key, { name: unusedName(id) });
  }
}
