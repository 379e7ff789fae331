import * as z from 'zod';
import { finalStates, sendStates } from '../../store/outbox/send-states.ts';
import { fence } from '../kernel/answer-text.ts';
import { distinct } from '../kernel/distinct.ts';
import { defineHomeOperation } from '../kernel/define-home-operation.ts';
import { entryLine } from './outbox-text.ts';
import { findEntry, outboxEntry, outboxId, viewEntry } from './outbox-view.ts';

/** What a person may want to do something about, first what waits for them. */
const concerning = ['parked', 'unknown', 'failed', 'sending', 'drafting', 'waiting'] as const;

/** What `list_outbox` returns. */
export const outboxList = z.object({
  entries: z.array(outboxEntry).readonly(),
  counts: z.partialRecord(z.enum(sendStates), z.int()).readonly().describe('How many there are of each state.'),
  nextBefore: outboxId.optional().describe('Of one state: where older ones begin, if there may be any.'),
});

export const listOutbox = defineHomeOperation({
  name: 'list_outbox',
  route: 'GET /api/admin/outbox',
  grant: 'admin',
  toolset: 'admin',
  summary: 'Messages that wait for a person first, then those that are open, failed, or leave later.',
  input: {
    states: z
      .array(z.enum(sendStates))
      .max(sendStates.length)
      .overwrite(distinct)
      .exactOptional()
      .describe('Only these; none: not final.'),
    all: z.boolean().default(false).describe('Also what is over.'),
    before: outboxId.exactOptional().describe('Only those asked for before this entry.'),
    limit: z.int().min(1).max(500).default(500).describe('Of each state.'),
  },
  output: outboxList,
  run: async ({ states, all, limit, ...from }, call) => {
    const { safety } = call.services;
    if (!safety.hasOutbox()) return { entries: [], counts: {} };
    const { account } = call;
    const store = safety.outboxStore();
    const before = from.before === undefined ? undefined : await findEntry(from.before, call);
    const wanted = states ?? (all ? [...concerning, ...finalStates] : concerning);
    const [counts, ...lists] = await Promise.all([
      store.count(account),
      ...wanted.map((state) => store.list({ states: [state], account, before, limit })),
    ]);
    const entries = lists.flat();
    const last = wanted.length === 1 && entries.length === limit ? entries.at(-1) : undefined;
    return { entries: entries.map(viewEntry), counts, ...(last === undefined ? {} : { nextBefore: last.id }) };
  },
  text: ({ entries }) =>
    entries.length === 0 ? 'Nothing waits in the outbox.' : fence('outbox', entries.map(entryLine).join('\n')),
});
