import { join } from 'node:path';
import { policySourceOf } from '../../safety/policy/policy-source.ts';
import type { Check } from './finding.ts';
import { loggedIn } from './login-store.ts';
import { withHomeStores } from './with-home-stores.ts';

const name = 'policy';

/** Whether the rules for sending can be read, and whether there is somebody whom they hold for. */
export const checkPolicy: Check = {
  name,
  needs: ['home', 'store'],
  async run(patient) {
    const file = join(patient.home.folder, 'policy.json');
    const logins = await loggedIn(patient);
    return withHomeStores(patient, async ({ mailboxes, shared }) => {
      const source = policySourceOf(shared, file);
      const policy = await source.read();
      if (policy === undefined)
        return [{ name, state: 'skipped', found: `There is no policy in ${source.place}: the defaults hold.` }];
      const accounts = new Set([...logins, ...(await mailboxes.list())]);
      const unknown = Object.keys(policy.accounts ?? {}).filter((address) => !accounts.has(address));
      if (unknown.length === 0) return [{ name, state: 'ok', found: `in order, in ${source.place}` }];
      return unknown.map((address) => ({
        name,
        state: 'warning',
        found: `The policy in ${source.place} has rules for ${address}, who is no account here: they hold for nobody.`,
        fix: `Correct the address, or connect the account: gmail-llm login --account ${address}`,
      }));
    });
  },
};
