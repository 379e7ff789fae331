import * as z from 'zod';
import { finalStates, sendStates } from '../../store/outbox/send-states.ts';
import { fence } from '../kernel/answer-text.ts';
import { defineHomeOperation } from '../kernel/define-home-operation.ts';
import { entryLine } from './outbox-text.ts';
import { outboxEntry, viewEntry } from './outbox-view.ts';

/** What a person may want to do something about, first what waits for them. */
const concerning = ['parked', 'unknown', 'failed', 'sending', 'drafting', 'waiting'] as const;

/** What `list_outbox` returns. */
export const outboxList = z.object({ entries: z.array(outboxEntry).readonly() });

export const listOutbox = defineHomeOperation({
  name: 'list_outbox',
  route: 'GET /api/admin/outbox',
  grant: 'admin',
  toolset: 'admin',
  summary: 'Messages that wait for a person first, then those that are open, failed, or leave later.',
  input: {
    states: z.array(z.enum(sendStates)).max(sendStates.length).exactOptional().describe('Only these; none: not final.'),
    all: z.boolean().default(false).describe('Also what is over.'),
    limit: z.int().min(1).max(500).default(500).describe('Of each state.'),
  },
  output: outboxList,
  run: async ({ states, all, limit }, { services: { safety }, account }) => {
    if (!safety.hasOutbox()) return { entries: [] };
    const store = safety.outboxStore();
    const wanted = states ?? (all ? [...concerning, ...finalStates] : concerning);
    const lists = await Promise.all(wanted.map((state) => store.list({ states: [state], limit })));
    const entries = lists.flat();
    return { entries: entries.filter((entry) => account === undefined || entry.account === account).map(viewEntry) };
  },
  text: ({ entries }) =>
    entries.length === 0 ? 'Nothing waits in the outbox.' : fence('outbox', entries.map(entryLine).join('\n')),
});
