import type { MailStore, MailWriter } from '../../store/mail/mail-store.ts';
import { noteCopied } from './copied-to.ts';
import { freeNames, unusedName } from '../labels/free-names.ts';
import { userLabelId } from '../labels/labels.ts';

/** Makes the labels of a copy those of its source. They keep their keys too, as the ids of later ones follow from them. */
export async function copyLabels(from: MailStore, to: MailStore): Promise<void> {
  const labels = await from.once((rows) => rows.labels.list());
  const ids = new Set(labels.map(({ id }) => id));
  await to.write(async (rows) => {
    const known = new Map((await rows.labels.list()).map((label) => [label.id, label]));
    for (const { id, key } of known.values()) if (!ids.has(id)) await rows.labels.delete(key);
    await freeNames(rows, known.values(), labels);
    for (const label of labels) {
      const { id, key: _key, type: _type, ...fields } = label;
      const row = known.get(id);
      await (row === undefined ? rows.labels.restore(label) : rows.labels.update(row.key, fields));
    }
    await noteCopied(rows);
  });
}

/** The key of a user label by its id; 0 for any other. */
export function keyOfUserLabel(id: string): number {
  const key = Number(/^Label_(\d+)$/.exec(id)?.[1] ?? 0);
  return userLabelId(key) === id ? key : 0;
}

/** Keys up to this one are known to have been used up: no later label gets the id of one that is gone. */
export async function passLabelKeys(rows: MailWriter, upTo: number): Promise<void> {
  if (upTo === 0 || (await rows.labels.list()).some(({ key }) => key === upTo)) return;
  const id = userLabelId(upTo);
  await rows.labels.restore({ key: upTo, id, name: unusedName(id), type: 'user' });
  await rows.labels.delete(upTo);
}
