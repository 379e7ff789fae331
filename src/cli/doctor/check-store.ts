import type { Check } from './finding.ts';
import { withHomeStores } from './with-home-stores.ts';

const name = 'store';

/** Whether the database that hosts share is there and takes this host. */
export const checkStore: Check = {
  name,
  async run(patient) {
    if (patient.configuration.store === undefined) return [];
    const startedMs = performance.now();
    return withHomeStores(patient, async ({ mailboxes, shared }) => {
      const { length } = await mailboxes.list();
      const ms = Math.round(performance.now() - startedMs);
      const found = `PostgreSQL ${shared?.place ?? ''}, ${length} ${length === 1 ? 'mailbox' : 'mailboxes'}; this host has the right key (${ms} ms)`;
      return [{ name, state: 'ok', found }];
    });
  },
};
