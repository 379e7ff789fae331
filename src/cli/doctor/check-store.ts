import { isLoopback } from '../../core/loopback.ts';
import { parseStoreAddress } from '../../core/store-address.ts';
import type { Check, Finding } from './finding.ts';
import { withHomeStores } from './with-home-stores.ts';

const name = 'store';

/** Whether the mailboxes can be listed, and the database that hosts share is there and takes this host. */
export const checkStore: Check = {
  name,
  needs: ['home'],
  async run(patient) {
    const { store } = patient.configuration;
    const startedMs = performance.now();
    return withHomeStores(patient, async ({ mailboxes, shared }) => {
      const { length } = await mailboxes.list();
      // Files are the subject of other checks.
      if (store === undefined) return [];
      const ms = Math.round(performance.now() - startedMs);
      const found = `PostgreSQL ${shared?.place ?? ''}, ${length} ${length === 1 ? 'mailbox' : 'mailboxes'}; this host has the right key (${ms} ms)`;
      return [{ name, state: 'ok', found }, ...plainText(store)];
    });
  },
};

/** What is said of mail that crosses a network as it is, where nobody has said that it may. */
function plainText(store: string): readonly Finding[] {
  const { host = 'localhost', encryption } = parseStoreAddress(store);
  const isHere = isLoopback(host) || host.startsWith('/');
  if (isHere || encryption !== undefined || process.env.PGSSLMODE !== undefined) return [];
  return [
    {
      name,
      state: 'warning',
      found: `Mail goes to ${host} and back without encryption.`,
      fix: 'Add ?sslmode=verify-full to GMAIL_STORE, or ?sslmode=disable where nobody else is on that network.',
    },
  ];
}
