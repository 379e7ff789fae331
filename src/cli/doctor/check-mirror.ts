import type { Check } from './finding.ts';
import { withHomeStores } from './with-home-stores.ts';

const name = 'mirror';

/** Whether mail lies on a disk unencrypted, which is what a mirror is. */
export const checkMirror: Check = {
  name,
  needs: ['home', 'store'],
  run(patient) {
    const { mirror, backend } = patient.configuration;
    const isOn = mirror !== 'off' && backend === 'gmail';
    return withHomeStores(patient, async ({ mirrors }) => {
      if (isOn) {
        const which = mirror === 'on' ? 'every live account' : mirror.join(', ');
        const found = `${which}: kept in ${mirrors.place}, unencrypted; that disk should be encrypted (docs/mirror.md)`;
        return [{ name, state: 'ok', found }];
      }
      const [first, ...others] = await mirrors.list();
      if (first === undefined) return [];
      const found = `GMAIL_MIRROR is off, and mail of ${[first, ...others].join(', ')} that was mirrored is still in ${mirrors.place}, unencrypted.`;
      const fix = `Set GMAIL_MIRROR again, or delete it: gmail-llm sync --delete --account ${first}`;
      return [{ name, state: 'warning', found, fix }];
    });
  },
};
