import { AppError } from '../../core/errors.ts';
import { filterQuery } from '../../mail/query/filter-query.ts';
import type { Filter, FilterFields } from '../../mail/settings.ts';
import { ask, askOnce, orNotFound, orRefused, tell } from '../client/ask.ts';
import type { GmailContext } from '../reading/gmail-context.ts';
import { userId } from '../reading/gmail-context.ts';
import { checkId, notFound } from '../reading/not-found.ts';
import type { LabelDirectory } from '../writing/label-directory.ts';
import { apiFilter, apiFilterList } from './settings-schemas.ts';

/** The filters of the mailbox. */
export async function listFilters({ client }: GmailContext): Promise<readonly Filter[]> {
  return (await ask(apiFilterList, client.users.settings.filters.list({ userId }))).filter;
}

/** Makes a filter; see `MailboxWriter.createFilter`. Gmail itself takes criteria that match nothing, or everything. */
export async function createFilter(
  { client, emailAddress, nowMs }: GmailContext,
  labels: LabelDirectory,
  { criteria, action }: FilterFields,
): Promise<Filter> {
  // Whether a date can be read does not depend on where.
  filterQuery(criteria, { emailAddress, nowMs: nowMs(), timeZone: 'UTC' });
  const { addLabelIds = [], removeLabelIds = [], forward } = action;
  if (addLabelIds.length + removeLabelIds.length === 0 && forward === undefined) {
    throw new AppError('INVALID_INPUT', 'A filter needs something to do.', {
      field: 'action',
      expected: 'addLabelIds, removeLabelIds or forward',
      got: 'none',
    });
  }
  await labels.check(addLabelIds, 'action.addLabelIds');
  await labels.check(removeLabelIds, 'action.removeLabelIds');
  const requestBody = {
    criteria,
    action: {
      ...(addLabelIds.length === 0 ? {} : { addLabelIds: [...addLabelIds] }),
      ...(removeLabelIds.length === 0 ? {} : { removeLabelIds: [...removeLabelIds] }),
      ...(forward === undefined ? {} : { forward }),
    },
  };
  const made = askOnce(apiFilter, client.users.settings.filters.create({ userId, requestBody }));
  return orRefused(made, ({ code }) =>
    code === 'INVALID_INPUT' && forward !== undefined ? 'action.forward' : undefined,
  );
}

/** Deletes a filter; see `MailboxWriter.deleteFilter`. */
export async function deleteFilter({ client }: GmailContext, id: string): Promise<void> {
  checkId('filter', id);
  await orNotFound(tell(client.users.settings.filters.delete({ userId, id })), () => notFound('filter', id));
}
