import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import type { LocalMailbox } from '../../local/open-local-mailbox.ts';
import type { Filter, FilterFields } from '../../mail/settings.ts';
import { failedPrecondition, invalidArgument, notFound } from '../http/google-errors.ts';
import type { Method } from './method.ts';
import { defineMethod } from './method.ts';
import { integer } from './read-body.ts';

const text = z.string().exactOptional();
const flag = z.boolean().exactOptional();
const labelIds = z.array(z.string()).exactOptional();

const filterBody = {
  name: 'filter',
  schema: z.strictObject({
    id: z.string().optional(),
    criteria: z
      .strictObject({
        from: text,
        to: text,
        subject: text,
        query: text,
        negatedQuery: text,
        hasAttachment: flag,
        excludeChats: flag,
        size: integer.exactOptional(),
        sizeComparison: z.enum(['larger', 'smaller']).exactOptional(),
      })
      .default({}),
    action: z.strictObject({ addLabelIds: labelIds, removeLabelIds: labelIds, forward: text }).default({}),
  }),
} as const;

/** `users.settings.filters`. The list stands under `filter`, in the singular. */
export const filterMethods: readonly Method[] = [
  defineMethod('settings.filters.list', {
    run: async ({ mailbox }) => {
      const filter = await mailbox.listFilters();
      return filter.length === 0 ? {} : { filter: filter.map(filterResource) };
    },
  }),
  defineMethod('settings.filters.get', {
    run: async ({ parameter, mailbox }) => filterResource(await findFilter(mailbox, parameter('id'))),
  }),
  defineMethod('settings.filters.create', {
    body: filterBody,
    run: async ({ body, mailbox }) => {
      const criteria = withoutEmpty(body.criteria);
      const action = withoutEmpty(body.action);
      if (Object.keys(criteria).length === 0) throw invalidArgument("Filter doesn't have any criteria");
      if (Object.keys(action).length === 0) throw invalidArgument("Filter doesn't have any actions");
      return filterResource(await create(mailbox, { criteria, action }));
    },
  }),
  defineMethod('settings.filters.delete', {
    run: ({ parameter, mailbox }) => mailbox.deleteFilter(parameter('id')),
  }),
];

/** A text that is empty is as good as none. */
function withoutEmpty<Fields extends object>(fields: Fields): Partial<Fields> {
  // The fields are those that there were, or fewer.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== '')) as Partial<Fields>;
}

function filterResource({ id, criteria, action }: Filter): object {
  const { addLabelIds, removeLabelIds, forward } = action;
  return {
    id,
    criteria,
    action: {
      ...(addLabelIds === undefined ? {} : { addLabelIds }),
      ...(removeLabelIds === undefined ? {} : { removeLabelIds }),
      ...(forward === undefined ? {} : { forward }),
    },
  };
}

async function findFilter(mailbox: LocalMailbox, id: string): Promise<Filter> {
  const filter = (await mailbox.listFilters()).find((each) => each.id === id);
  if (filter === undefined) throw notFound();
  return filter;
}

async function create(mailbox: LocalMailbox, fields: FilterFields): Promise<Filter> {
  try {
    return await mailbox.createFilter(fields);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code === 'CONFLICT') throw failedPrecondition('Filter already exists');
    if (error.code === 'INVALID_INPUT' && error.details.field?.endsWith('forward') === true) {
      throw failedPrecondition('Unrecognized forwarding address');
    }
    throw error;
  }
}
