import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Check } from './finding.ts';

const name = 'mirror';

/** Whether mail lies on the disk unencrypted, which is what a mirror is. */
export const checkMirror: Check = {
  name,
  run({ configuration: { mirror, backend }, home }) {
    const folder = join(home.dataFolder, 'gmail', 'mirror');
    const isOn = mirror !== 'off' && backend === 'gmail';
    if (!isOn && !existsSync(folder)) return [];
    if (!isOn) {
      return [
        {
          name,
          state: 'warning',
          found: `GMAIL_MIRROR is off, and mail that was mirrored is still in ${folder}, unencrypted.`,
          fix: `Delete that folder, or set GMAIL_MIRROR again.`,
        },
      ];
    }
    const which = mirror === 'on' ? 'every live account' : mirror.join(', ');
    return [
      {
        name,
        state: 'ok',
        found: `${which}: kept in ${folder}, unencrypted; that disk should be encrypted (docs/mirror.md)`,
      },
    ];
  },
};
