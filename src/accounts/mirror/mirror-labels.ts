import { freeNames } from '../../local/labels/free-names.ts';
import type { Label } from '../../mail/message.ts';
import type { MailRows, MailWriter } from '../../store/mail/mail-store.ts';

const fieldsOf = ({ name, messageListVisibility, labelListVisibility, color }: Label) => ({
  name,
  ...(messageListVisibility === undefined ? {} : { messageListVisibility }),
  ...(labelListVisibility === undefined ? {} : { labelListVisibility }),
  ...(color === undefined ? {} : { color }),
});

/** Makes the user's labels of a mirror those of the account; system labels that it lacks are added. */
export async function putLabels(rows: MailWriter, wanted: readonly Label[]): Promise<void> {
  const ids = new Set(wanted.map(({ id }) => id));
  for (const label of await rows.labels.list()) {
    if (label.type === 'user' && !ids.has(label.id)) await rows.labels.delete(label.key);
  }
  const known = new Map((await rows.labels.list()).map((label) => [label.id, label]));
  await freeNames(rows, known.values(), wanted);
  for (const label of wanted) {
    const row = known.get(label.id);
    if (row === undefined) await rows.labels.insert({ ...fieldsOf(label), type: label.type }, () => label.id);
    else if (JSON.stringify(fieldsOf(row)) !== JSON.stringify(fieldsOf(label))) {
      await rows.labels.update(row.key, fieldsOf(label));
    }
  }
}

/** The keys of labels by their ids. A label that no list names, such as a star of another colour, is made of its id. */
export async function labelKeysOf(rows: MailWriter, ids: Iterable<string>): Promise<ReadonlyMap<string, number>> {
  const keys = new Map((await rows.labels.list()).map(({ id, key }) => [id, key]));
  for (const id of ids) {
    if (keys.has(id)) continue;
    const type = /^[A-Z_]+$/.test(id) ? 'system' : 'user';
    keys.set(id, (await rows.labels.insert({ name: id, type }, () => id)).key);
  }
  return keys;
}

/** Whether a message has a label of which only the id is known. */
export async function hasUnnamedLabel(rows: Pick<MailRows, 'labels'>): Promise<boolean> {
  return (await rows.labels.list()).some(({ id, name, type }) => type === 'user' && name === id);
}
