import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import type { Database } from '../../store/sqlite/database.ts';
import { integerOf, textOf } from '../../store/sqlite/database.ts';
import type { QueryOptions } from '../../mail/query/query-operators.ts';
import type { Filter, FilterFields } from '../../mail/settings.ts';
import { filterQuery } from '../../mail/query/filter-query.ts';
import { isVerifiedForwarding } from '../settings/known-addresses.ts';
import { readLabels, resolveLabelIds } from '../labels/labels.ts';

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
export function listFilters(mailbox: Database): readonly Filter[] {
  return mailbox
    .all('SELECT gmail_id, fields FROM filter ORDER BY key')
    .map((row) => ({ id: textOf(row, 'gmail_id'), ...filterFields.parse(JSON.parse(textOf(row, 'fields'))) }));
}

/** Makes a filter; see `MailboxWriter.createFilter`. */
export function createFilter(mailbox: Database, { criteria, action }: FilterFields, options: QueryOptions): Filter {
  filterQuery(criteria, options);
  return mailbox.write(() => {
    checkAction(mailbox, action);
    const fields = canonical({ criteria, action });
    if (mailbox.get('SELECT 1 FROM filter WHERE fields = ?', fields) !== undefined) {
      throw new AppError('CONFLICT', 'This filter is there already.', { hint: 'list_filters shows it.' });
    }
    const row = mailbox.get('SELECT count(*) AS total FROM filter');
    if (row !== undefined && integerOf(row, 'total') >= maxFilters) {
      throw new AppError('INVALID_INPUT', 'This mailbox has as many filters as it can have.', {
        expected: `at most ${maxFilters} filters`,
        hint: 'Delete filters that are not needed any more.',
      });
    }
    const id = `ANe1Bm${randomBytes(21).toString('base64url')}`;
    mailbox.run('INSERT INTO filter (gmail_id, fields) VALUES (?, ?)', id, fields);
    return { id, criteria, action };
  });
}

/** Throws `NOT_FOUND`. */
export function deleteFilter(mailbox: Database, id: string): void {
  if (mailbox.write(() => mailbox.run('DELETE FROM filter WHERE gmail_id = ?', id)) > 0) return;
  throw new AppError('NOT_FOUND', `There is no filter ${id}.`, {
    field: 'id',
    got: id,
    hint: 'list_filters shows ids.',
  });
}

/** Takes a label that is deleted out of every filter; one that has nothing else to do goes with it. */
export function dropLabelFromFilters(mailbox: Database, labelId: string): void {
  for (const { id, criteria, action } of listFilters(mailbox)) {
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
    const isTaken = mailbox.get('SELECT 1 FROM filter WHERE fields = ?', fields) !== undefined;
    if (isTaken || Object.keys(kept).length === 0) mailbox.run('DELETE FROM filter WHERE gmail_id = ?', id);
    else mailbox.run('UPDATE filter SET fields = ? WHERE gmail_id = ?', fields, id);
  }
}

function checkAction(
  mailbox: Database,
  { addLabelIds = [], removeLabelIds = [], forward }: FilterFields['action'],
): void {
  if (addLabelIds.length + removeLabelIds.length === 0 && forward === undefined) {
    throw new AppError('INVALID_INPUT', 'A filter needs something to do.', {
      field: 'action',
      expected: 'addLabelIds, removeLabelIds or forward',
      got: 'none',
    });
  }
  const labels = readLabels(mailbox);
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
  if (forward !== undefined && !isVerifiedForwarding(mailbox, forward)) {
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
