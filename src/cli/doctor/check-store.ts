import { isLoopback } from '../../core/loopback.ts';
import { parseStoreAddress } from '../../core/store-address.ts';
import { ownEnvironment } from '../../core/settings.ts';
import { listSharedSettings } from '../../store/records/shared-settings.ts';
import type { SharedLedgers } from '../../store/shared-ledgers.ts';
import type { Check, Finding, Patient } from './finding.ts';
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
      const unlike = shared === undefined ? [] : await unlikeOthers(shared, patient);
      return [{ name, state: 'ok', found }, ...plainText(store), ...unlike];
    });
  },
};

/** What this host says otherwise than the settings that all share. */
async function unlikeOthers({ records }: SharedLedgers, { environment }: Patient): Promise<readonly Finding[]> {
  const own = ownEnvironment(environment);
  const others = [...(await listSharedSettings(records))];
  return others.flatMap(([variable, value]): Finding[] => {
    const said = own[variable];
    if (said === undefined || said === value) return [];
    return [
      {
        name,
        state: 'warning',
        found: `${variable} is ${said} on this host, and ${value} for all hosts.`,
        fix: `Take the host's own value out of its environment or settings, or: gmail-llm config set ${variable} ${said} --shared`,
      },
    ];
  });
}

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
