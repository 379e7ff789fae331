import { existsSync, statfsSync } from 'node:fs';
import { messageOf } from '../../core/errors.ts';
import type { Home } from '../../core/home.ts';
import {
  bytesOf,
  measureDiskUse,
  readDiskNotes,
  type DiskNote,
  type DiskSubject,
  type DiskUse,
} from '../../server/jobs/disk-use.ts';
import type { Check, Finding } from './finding.ts';

const name = 'disk';
const growth = 'disk growth';
/** Below the first nothing can be relied on to be written; below the second a larger import does not fit. */
const faultBytes = 100_000_000;
const warningBytes = 1_000_000_000;
const dayMs = 24 * 60 * 60 * 1000;
/** A disk that is full sooner than this is worth a word. */
const warningDays = 30;
/** Growth is that of the last month: an import of long ago says nothing of tomorrow. */
const lookBackMs = 30 * dayMs;
/** Subjects that take less are not named. */
const namedBytes = 1_000_000;

/** How the subjects are made smaller. */
const remedies: Readonly<Record<DiskSubject, string>> = {
  'local mailboxes':
    'gmail-llm accounts remove ADDRESS for those that nobody reads (export them first: gmail-llm export --mbox)',
  mirrors: 'gmail-llm config set GMAIL_MIRROR_MEGABYTES N bounds each',
  'caches of live accounts': 'gmail-llm config set GMAIL_CACHE off keeps nothing',
  uploads: 'they go by themselves after an hour; see gmail-llm jobs',
  'audit log': 'copy it elsewhere with gmail-llm backup',
  outbox: 'what was sent is forgotten by itself; see gmail-llm jobs',
  events: 'they are forgotten after a week; see gmail-llm jobs',
  logs: 'lower stdout_logfile_backups in supervisord.conf',
  'everything else': 'look into the folder',
};

/** A stretch of days as people say it. */
function span(days: number): string {
  return days < 730 ? `${days} days` : `${Math.round(days / 365).toLocaleString('en-US')} years`;
}

function size(bytes: number): string {
  return `${Math.round(bytes / 1_000_000).toLocaleString('en-US')} MB`;
}

/** What so much free space means. */
export function judgeSpace(freeBytes: number, folder: string): Finding {
  const megabytes = Math.floor(freeBytes / 1_000_000).toLocaleString('en-US');
  const found = `${megabytes} MB free for ${folder}`;
  if (freeBytes >= warningBytes) return { name, state: 'ok', found };
  const fix = 'Free some space, or move the home to another disk (GMAIL_HOME).';
  return { name, state: freeBytes < faultBytes ? 'fault' : 'warning', found, fix };
}

/** What a home takes, how fast it grew, and how long the disk lasts at that pace. */
export function judgeGrowth(
  use: DiskUse,
  {
    notes,
    freeBytes,
    nowMs,
  }: { readonly notes: readonly DiskNote[]; readonly freeBytes: number; readonly nowMs: number },
): Finding {
  const total = bytesOf(use);
  const bySize = [...use].toSorted(([, one], [, other]) => other - one);
  const named = bySize
    .filter(([, bytes]) => bytes >= namedBytes)
    .map(([subject, bytes]) => `${subject} ${size(bytes)}`);
  const takes =
    named.length === 0 ? `The home takes ${size(total)}` : `The home takes ${size(total)}: ${named.join(', ')}`;
  const since = notes.find(({ atMs }) => atMs >= nowMs - lookBackMs && nowMs - atMs >= dayMs);
  if (since === undefined) {
    return { name: growth, state: 'ok', found: `${takes}. How fast it grows is known after servers ran for a day.` };
  }
  const perDay = ((total - since.bytes) / (nowMs - since.atMs)) * dayMs;
  const from = new Date(since.atMs).toISOString().slice(0, 10);
  if (perDay < namedBytes) return { name: growth, state: 'ok', found: `${takes}. It hardly grew since ${from}.` };
  const days = Math.floor(freeBytes / perDay);
  const found = `${takes}. It grew by ${size(perDay)} a day since ${from}: the disk is full in ${span(days)}.`;
  if (days >= warningDays) return { name: growth, state: 'ok', found };
  const [largest] = bySize;
  const fix = `Make room, or move the home (GMAIL_HOME).${largest === undefined ? '' : ` Most are ${largest[0]}: ${remedies[largest[0]]}.`}`;
  return { name: growth, state: 'warning', found, fix };
}

function lookAtGrowth(home: Home, freeBytes: number): Finding {
  if (!existsSync(home.dataFolder)) return { name: growth, state: 'skipped', found: 'Nothing is stored yet.' };
  try {
    return judgeGrowth(measureDiskUse(home), { notes: readDiskNotes(home), freeBytes, nowMs: Date.now() });
  } catch (error) {
    // Folders that cannot be read are other checks' to name.
    return { name: growth, state: 'skipped', found: `The home cannot be measured: ${messageOf(error)}.` };
  }
}

export const checkDisk: Check = {
  name,
  run({ home }) {
    const folder = existsSync(home.dataFolder) ? home.dataFolder : home.folder;
    if (!existsSync(folder)) return [];
    const { bavail, bsize } = statfsSync(folder);
    const freeBytes = bavail * bsize;
    return [judgeSpace(freeBytes, folder), lookAtGrowth(home, freeBytes)];
  },
};
