import { listOutbox, outboxList } from '../../operations/admin/list-outbox.ts';
import { html } from '../html/html.ts';
import { nothing, section, table } from '../html/parts.ts';
import type { Page } from '../page.ts';
import type { PageCall } from '../page-call.ts';
import { entryColumns, entryRow } from './outbox-parts.ts';

async function waiting(call: PageCall) {
  return call.read(listOutbox, outboxList, { states: ['parked'] });
}

export const approvalsPage: Page = {
  path: '/approvals',
  section: '/approvals',
  navigation: 'Approvals',
  badge: async (call) => (await waiting(call)).entries.length,
  async render(call) {
    const { entries } = await waiting(call);
    return {
      title: 'Approvals',
      main: section(
        { id: 'waiting', title: 'Messages that wait for you', live: 'outbox' },
        entries.length === 0
          ? nothing(
              'Nothing waits. policy.json says which messages need you: "sending": "confirm", or more than it allows.',
            )
          : html`${table(
                'Messages that wait',
                entryColumns,
                entries.map((entry) => entryRow(entry, call)),
              )}
              <p class="dim">
                Open one to read all of it, then send or reject it. Until you decide it waits; after 30 days it is
                forgotten, unsent.
              </p>`,
      ),
    };
  },
};
