import { readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Home } from '../../core/home.ts';
import type { Job } from '../../core/jobs/job.ts';

const dayMs = 24 * 60 * 60 * 1000;
const retryMs = { first: 60_000, most: dayMs };

/** What takes room in a home, by the beginning of the path below its folder; the first that fits. */
const subjects = [
  ['local mailboxes', 'data/local/'],
  ['mirrors', 'data/gmail/mirror/'],
  ['caches of live accounts', 'data/gmail/cache-'],
  ['uploads', 'data/uploads/'],
  ['audit log', 'data/audit'],
  ['outbox', 'data/outbox'],
  ['events', 'data/events'],
  ['logs', 'logs/'],
] as const;
const others = 'everything else';
export type DiskSubject = (typeof subjects)[number][0] | typeof others;

/** How many bytes each subject takes. */
export type DiskUse = ReadonlyMap<DiskSubject, number>;

/** What a home took at one time. */
export interface DiskNote {
  readonly atMs: number;
  readonly bytes: number;
}

const notesForm = z.array(z.object({ atMs: z.number(), bytes: z.number() }));

/** A note a day, for as long as growth is said of. */
const maxNotes = 90;

/** Looking goes over every file of the home, and calls wait meanwhile. */
const lookEveryMs = 60 * 60 * 1000;

/** A smaller change is not worth a write: idle homes write nothing. */
const notedBytes = 10_000_000;

function notesFile({ dataFolder }: Pick<Home, 'dataFolder'>): string {
  return join(dataFolder, 'disk-use.json');
}

/** The size of a file; 0 for one that went meanwhile, as write-ahead logs do. */
function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** What the data and the logs of a home take, by subject. */
export function measureDiskUse({ dataFolder, logsFolder }: Home): DiskUse {
  const use = new Map<DiskSubject, number>();
  for (const [prefix, below] of [
    ['data/', dataFolder],
    ['logs/', logsFolder],
  ] as const) {
    if (statSync(below, { throwIfNoEntry: false }) === undefined) continue;
    for (const entry of readdirSync(below, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = join(entry.parentPath, entry.name);
      const path = `${prefix}${file.slice(below.length + 1)}`;
      const subject = subjects.find(([, beginning]) => path.startsWith(beginning))?.[0] ?? others;
      use.set(subject, (use.get(subject) ?? 0) + sizeOf(file));
    }
  }
  return use;
}

/** All that is used. */
export function bytesOf(use: DiskUse): number {
  return [...use.values()].reduce((sum, bytes) => sum + bytes, 0);
}

/** What was noted of a home, oldest first; nothing where the file is missing or damaged: the next note begins it again. */
export function readDiskNotes(home: Pick<Home, 'dataFolder'>): readonly DiskNote[] {
  try {
    return notesForm.parse(JSON.parse(readFileSync(notesFile(home), 'utf8')));
  } catch {
    return [];
  }
}

function note(home: Home, added: DiskNote): void {
  const notes = [...readDiskNotes(home), added].slice(-maxNotes);
  const draft = `${notesFile(home)}.${process.pid}.tmp`;
  writeFileSync(draft, JSON.stringify(notes), { mode: 0o600 });
  renameSync(draft, notesFile(home));
}

/** Notes once a day what the home takes, so that doctor can say how fast it grows. */
export function diskUseJob({ home, hostNow }: { readonly home: Home; readonly hostNow: () => number }): Job {
  let looked = { atMs: Number.NEGATIVE_INFINITY, isNeeded: false };
  return {
    name: 'disk-use',
    summary: 'Notes what the home takes on the disk, for doctor.',
    everyMs: dayMs,
    retryMs,
    isNeeded() {
      const atMs = hostNow();
      if (atMs - looked.atMs < lookEveryMs) return looked.isNeeded;
      const last = readDiskNotes(home).at(-1)?.bytes ?? 0;
      looked = { atMs, isNeeded: Math.abs(bytesOf(measureDiskUse(home)) - last) >= notedBytes };
      return looked.isNeeded;
    },
    async run() {
      const [atMs, bytes] = [hostNow(), bytesOf(measureDiskUse(home))];
      note(home, { atMs, bytes });
      looked = { atMs, isNeeded: false };
      return { facts: { bytes } };
    },
  };
}
