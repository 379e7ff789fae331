import { existsSync, statfsSync } from 'node:fs';
import type { Check, Finding } from './finding.ts';

const name = 'disk';
/** Below the first nothing can be relied on to be written; below the second a larger import does not fit. */
const faultBytes = 100_000_000;
const warningBytes = 1_000_000_000;

/** What so much free space means. */
export function judgeSpace(freeBytes: number, folder: string): Finding {
  const megabytes = Math.floor(freeBytes / 1_000_000).toLocaleString('en-US');
  const found = `${megabytes} MB free for ${folder}`;
  if (freeBytes >= warningBytes) return { name, state: 'ok', found };
  const fix = 'Free some space, or move the home to another disk (GMAIL_HOME).';
  return { name, state: freeBytes < faultBytes ? 'fault' : 'warning', found, fix };
}

export const checkDisk: Check = {
  name,
  run({ home }) {
    const folder = existsSync(home.dataFolder) ? home.dataFolder : home.folder;
    if (!existsSync(folder)) return [];
    const { bavail, bsize } = statfsSync(folder);
    return [judgeSpace(bavail * bsize, folder)];
  },
};
