import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import type { QueryOptions } from '../../mail/query/query-operators.ts';
import type { Filter, FilterFields } from '../../mail/settings.ts';
import { filterQuery } from '../../mail/query/filter-query.ts';
import type { MailRows, MailStore, MailWriter } from '../../store/mail/mail-store.ts';
import { isVerifiedForwarding } from '../settings/known-addresses.ts';
import { resolveLabelIds } from '../labels/labels.ts';

/** Gmail's limit (developers.google.com/workspace/gmail/api/guides/filter_settings). */
export const maxFilters = 1000;

const text = z.string().exactOptional();
const labelIds = z.array(z.string()).readonly().exactOptional();
const filterFields = z
  .strictObject({
    criteria: z.strictObject({
      from: text,
      to: text,
      subject: text,
      query: text,
      negatedQuery: text,
      hasAttachment: z.boolean().exactOptional(),
      excludeChats: z.boolean().exactOptional(),
      size: z.number().exactOptional(),
      sizeComparison: z.enum(['larger', 'smaller']).exactOptional(),
    }),
    action: z.strictObject({ addLabelIds: labelIds, removeLabelIds: labelIds, forward: text }),
  })
  .readonly();

/** The filters in the order in which they were made. */
export async function listFilters(rows: MailRows): Promise<readonly Filter[]> {
  const stored = await rows.values.list('filter');
  return stored.map(({ name, value }) => ({ id: name, ...filterFields.parse(JSON.parse(value)) }));
}

/** Makes a filter; see `MailboxWriter.createFilter`. */
export async function createFilter(
  store: MailStore,
  { criteria, action }: FilterFields,
  options: QueryOptions,
): Promise<Filter> {
  filterQuery(criteria, options);
  return store.write(async (rows) => {
    await checkAction(rows, action);
    const fields = canonical({ criteria, action });
    const stored = await rows.values.list('filter');
    if (stored.some(({ value }) => value === fields)) {
      throw new AppError('CONFLICT', 'This filter is there already.', { hint: 'list_filters shows it.' });
    }
    if (stored.length >= maxFilters) {
      throw new AppError('INVALID_INPUT', 'This mailbox has as many filters as it can have.', {
        expected: `at most ${maxFilters} filters`,
        hint: 'Delete filters that are not needed any more.',
      });
    }
    const id = `ANe1Bm${randomBytes(24).toString('base64url')}`;
    await rows.values.put('filter', id, fields);
    return { id, criteria, action };
  });
}

/** Throws `NOT_FOUND`. */
export async function deleteFilter(store: MailStore, id: string): Promise<void> {
  if (await store.write((rows) => rows.values.delete('filter', id))) return;
  throw new AppError('NOT_FOUND', `There is no filter ${id}.`, {
    field: 'id',
    got: id,
    hint: 'list_filters shows ids.',
  });
}

/** Takes a label that is deleted out of every filter; one that has nothing else to do goes with it. */
export async function dropLabelFromFilters(rows: MailWriter, labelId: string): Promise<void> {
  for (const { id, criteria, action } of await listFilters(rows)) {
    const { addLabelIds = [], removeLabelIds = [], ...rest } = action;
    if (![...addLabelIds, ...removeLabelIds].includes(labelId)) continue;
    const added = addLabelIds.filter((other) => other !== labelId);
    const removed = removeLabelIds.filter((other) => other !== labelId);
    const kept = {
      ...rest,
      ...(added.length === 0 ? {} : { addLabelIds: added }),
      ...(removed.length === 0 ? {} : { removeLabelIds: removed }),
    };
    const fields = canonical({ criteria, action: kept });
    const isTaken = (await rows.values.list('filter')).some(({ value }) => value === fields);
    if (isTaken || Object.keys(kept).length === 0) await rows.values.delete('filter', id);
    else await rows.values.put('filter', id, fields);
  }
}

async function checkAction(
  rows: MailRows,
  { addLabelIds = [], removeLabelIds = [], forward }: FilterFields['action'],
): Promise<void> {
  if (addLabelIds.length + removeLabelIds.length === 0 && forward === undefined) {
    throw new AppError('INVALID_INPUT', 'A filter needs something to do.', {
      field: 'action',
      expected: 'addLabelIds, removeLabelIds or forward',
      got: 'none',
    });
  }
  const labels = await rows.labels.list();
  const added = resolveLabelIds(labels, addLabelIds, 'action.addLabelIds');
  resolveLabelIds(labels, removeLabelIds, 'action.removeLabelIds');
  const contradictory = addLabelIds.filter((id) => removeLabelIds.includes(id));
  if (contradictory.length > 0) {
    throw new AppError('INVALID_INPUT', `Labels both added and removed: ${contradictory.join(', ')}.`, {
      field: 'action.removeLabelIds',
      expected: 'no label of addLabelIds',
      got: contradictory.join(', '),
    });
  }
  // The guide names this limit: one label of the user's own for each filter.
  const own = added.filter(({ type }) => type === 'user');
  if (own.length > 1) {
    throw new AppError('INVALID_INPUT', 'A filter can add one label of your own.', {
      field: 'action.addLabelIds',
      expected: 'at most one user label',
      got: own.map(({ name }) => name).join(', '),
      hint: 'Make another filter with the same criteria for each further label.',
    });
  }
  if (forward !== undefined && !(await isVerifiedForwarding(rows, forward))) {
    throw new AppError('INVALID_INPUT', 'A filter can forward to verified forwarding addresses only.', {
      field: 'action.forward',
      expected: 'a forwarding address that get_settings shows as accepted',
      got: forward,
    });
  }
}

/** The same text for the same filter, in whatever order its fields and labels were given. */
function canonical({ criteria, action }: FilterFields): string {
  return JSON.stringify({ criteria: sorted(criteria), action: sorted(action) });
}

function sorted(fields: object): object {
  const entries = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]: [string, unknown]) => [
      name,
      Array.isArray(value) ? value.map(String).toSorted(byText) : value,
    ]);
  return Object.fromEntries(entries.toSorted(([a], [b]) => byText(String(a), String(b))));
}

function byText(a: string, b: string): number {
  return a < b ? -1 : 1;
}
