import type { Check } from './finding.ts';

/** The oldest release that was tested; `engines` and the entry points say the same. */
const oldest = [24, 21] as const;

export const checkNode: Check = {
  name: 'Node.js',
  run() {
    const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
    const isNewEnough = major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
    if (isNewEnough)
      return [{ name: 'Node.js', state: 'ok', found: `${process.versions.node} on ${process.platform}` }];
    return [
      {
        name: 'Node.js',
        state: 'fault',
        found: `${process.versions.node} runs this`,
        fix: `Install Node.js ${oldest.join('.')} or later.`,
      },
    ];
  },
};
