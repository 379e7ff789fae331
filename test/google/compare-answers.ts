/** A value of ours for each value of a recording, and the other way round: ids that are one there are one here. */
export interface Identities {
  readonly ours: Map<string, string>;
  readonly theirs: Map<string, string>;
}

/** No identities yet. */
export function noIdentities(): Identities {
  return { ours: new Map(), theirs: new Map() };
}

/** How values that are never the same twice are compared: by their form, and by which of them are the same. */
const forms: readonly (readonly [path: RegExp, form: RegExp, kind?: string])[] = [
  [/(?:^|\.)(?:id|threadId)$/, /^[\da-f]{16}$/, 'message'],
  [/(?:^|\.)id$/, /^r-?\d{10,19}$/, 'draft'],
  [/(?:^|\.)id$/, /^Label_\d+$/, 'label'],
  [/(?:^|\.)id$/, /^ANe1Bm[\w-]{32}$/, 'filter'],
  [/(?:^|\.)id$/, /^\d+$/, 'record'],
  [/labelIds\[\]$/i, /^Label_\d+$/, 'label'],
  [/historyId$/, /^\d+$/, 'state'],
  [/internalDate$/, /^\d{10}000$/],
  [/nextPageToken$/, /^\d{20}$/],
  [/attachmentId$/, /^ANGjdJ[\w-]{300,400}$/],
  [/value$/, /^<CA[\w-]{46,50}@mail\.gmail\.com>$/],
  [
    /value$/,
    /^(?:from \d{12} named unknown by gmailapi\.google\.com with HTTPREST; )?[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}$/,
  ],
];

/** Numbers that come of a mailbox of which only a part is known, or of addresses that were replaced in the recording. */
const countedPaths = /(?:^|\.)(?:(?:messages|threads)(?:Total|Unread)|sizeEstimate)$/;

function formOf(path: string, value: string): (typeof forms)[number] | undefined {
  return forms.find(([where, form]) => where.test(path) && form.test(value));
}

/** Words that the recordings have in the place of long random ones. */
function filledOut(value: string): string {
  return value === 'ANGjdJ…' ? `ANGjdJ${'x'.repeat(384)}` : value;
}

/**
 * What is different between an answer that was recorded and ours, one line a place. Objects are compared field by field,
 * their order of fields too; lists of labels as sets, since Google's own order changes from answer to answer.
 */
export function differences(theirs: unknown, ours: unknown, identities: Identities, path = ''): readonly string[] {
  if (Array.isArray(theirs) && Array.isArray(ours)) return differencesOfLists(theirs, ours, identities, path);
  if (isObject(theirs) && isObject(ours)) {
    const [wanted, given] = [Object.keys(theirs), Object.keys(ours)];
    const missing = wanted.filter((key) => !given.includes(key)).map((key) => `${path}.${key}: missing`);
    const surplus = given.filter((key) => !wanted.includes(key)).map((key) => `${path}.${key}: surplus`);
    const both = wanted.filter((key) => given.includes(key));
    const inside = both.flatMap((key) => differences(theirs[key], ours[key], identities, join(path, key)));
    const isInOrder = both.join() === given.filter((key) => both.includes(key)).join();
    return [...missing, ...surplus, ...(isInOrder ? [] : [`${path}: order ${given.join()}`]), ...inside];
  }
  if (typeof theirs === 'string' && typeof ours === 'string') return differencesOfTexts(theirs, ours, identities, path);
  const isCount = countedPaths.test(path) && typeof theirs === 'number' && typeof ours === 'number';
  return Object.is(theirs, ours) || isCount ? [] : [`${path}: ${show(theirs)} is ${show(ours)}`];
}

function differencesOfTexts(theirs: string, ours: string, identities: Identities, path: string): readonly string[] {
  const form = formOf(path, filledOut(theirs));
  if (form === undefined) return theirs === ours ? [] : [`${path}: ${show(theirs)} is ${show(ours)}`];
  const [, pattern, kind] = form;
  if (!pattern.test(ours)) return [`${path}: ${show(ours)} has not the form of ${show(theirs)}`];
  if (kind === undefined) return [];
  const [key, counterpart] = [`${kind} ${theirs}`, `${kind} ${ours}`];
  const known = identities.ours.get(key) ?? ours;
  const knownTheirs = identities.theirs.get(counterpart) ?? theirs;
  identities.ours.set(key, known);
  identities.theirs.set(counterpart, knownTheirs);
  return known === ours && knownTheirs === theirs
    ? []
    : [`${path}: ${show(theirs)} is ${known} elsewhere, ${ours} here`];
}

function differencesOfLists(
  theirs: readonly unknown[],
  ours: readonly unknown[],
  identities: Identities,
  path: string,
): readonly string[] {
  const isSet = /labelIds$/i.test(path);
  const [wanted, given] = isSet ? [sorted(theirs), sorted(ours)] : [theirs, ours];
  if (wanted.length !== given.length) return [`${path}: ${wanted.length} entries are ${given.length}: ${show(given)}`];
  return wanted.flatMap((entry, index) => differences(entry, given[index], identities, `${path}[]`));
}

function sorted(values: readonly unknown[]): readonly unknown[] {
  return values.toSorted((a, b) => String(a).localeCompare(String(b)));
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
