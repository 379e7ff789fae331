import type { Label } from '../../mail/message.ts';

/** Labels that say nothing: nearly every message has one of them. */
const quietLabels = new Set(['INBOX', 'CATEGORY_PERSONAL']);

function isOfUser(id: string, labels: readonly Label[]): boolean {
  return labels.some((label) => label.id === id && label.type === 'user');
}

/** Gmail's own labels among these in the words of its search language: `unread`, `promotions`. They are words of ours. */
export function systemNames(labelIds: readonly string[], labels: readonly Label[]): readonly string[] {
  return labelIds
    .filter((id) => !quietLabels.has(id) && !isOfUser(id, labels))
    .map((id) => id.replace(/^CATEGORY_/, '').toLowerCase());
}

/** Names of the owner's labels among these. Some came with imported mail: they are not words of ours. */
export function userNames(labelIds: readonly string[], labels: readonly Label[]): readonly string[] {
  return labels.filter(({ id, type }) => type === 'user' && labelIds.includes(id)).map(({ name }) => name);
}

/** A label that (nearly) all hits of a list have. */
export interface SharedLabel {
  readonly id: string;
  /** Places in the list, from 1, of the few that do not have it. */
  readonly except: readonly number[];
}

/** Naming an exception must be cheaper than naming the rule: at most one hit in five. */
const exceptionsFraction = 0.2;

/** The labels that are said once for a whole list. */
export function sharedLabels(hits: readonly { readonly labelIds: readonly string[] }[]): readonly SharedLabel[] {
  if (hits.length < 2) return [];
  const ids = new Set(hits.flatMap(({ labelIds }) => labelIds));
  return [...ids]
    .map((id) => ({
      id,
      except: hits.flatMap(({ labelIds }, index) => (labelIds.includes(id) ? [] : [index + 1])),
    }))
    .filter(({ except }) => except.length <= hits.length * exceptionsFraction);
}

/** The ids that are not said once for the whole list. */
export function unsharedIds(labelIds: readonly string[], shared: readonly SharedLabel[]): readonly string[] {
  return labelIds.filter((id) => !shared.some((label) => label.id === id));
}

/** Names of the labels that are said once, as `naming` has them, with the places of those that do not have one. */
export function sharedNames(
  shared: readonly SharedLabel[],
  naming: (id: string) => readonly string[],
): readonly string[] {
  return shared.flatMap(({ id, except }) =>
    naming(id).map((name) => (except.length === 0 ? `all ${name}` : `all ${name} except ${except.join(', ')}`)),
  );
}

/** The first line of a list. Names of Gmail's labels are ours to say; those of the owner's stand in the fence. */
export function headOf(count: string, shared: readonly SharedLabel[], labels: readonly Label[]): string {
  return [count, ...sharedNames(shared, (id) => systemNames([id], labels))].join('; ');
}
