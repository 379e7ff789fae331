import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../core/errors.ts';
import { restoringFolder, type Home } from '../../core/home.ts';
import { processConfiguration } from '../../core/process-configuration.ts';
import { auditedSend } from '../../safety/outbox/send-audit.ts';
import { sqliteSafetyStores } from '../../store/safety-stores.ts';
import { auditHeadFiles } from '../../store/sqlite/audit/audit-head.ts';
import { parkUnsent } from '../../store/sqlite/outbox/park-unsent.ts';
import { structuralFaults } from '../../store/sqlite/snapshot.ts';
import type { Manifest } from './manifest.ts';
import { readBackup } from './read-backup.ts';
import { requireStopped } from './require-stopped.ts';

/** How a backup is put back. */
export interface RestoreOptions {
  /** Moves what the home holds aside, and never deletes it. */
  readonly force: boolean;
  readonly nowMs: number;
  readonly signal: AbortSignal;
}

/** What became of a home. */
export interface Restored {
  readonly manifest: Manifest;
  /** Where what was there before lies now; undefined where there was nothing. */
  readonly movedTo?: string;
  /** Messages that would have left by themselves, and wait for approval now. */
  readonly parked: number;
}

/**
 * Puts a backup into a home: unpacked beside it, compared with its manifest, and only then moved to its place. Throws
 * `CONFLICT` while a program of the home runs, and for a home that holds something, unless it is forced; `INVALID_INPUT` for
 * what is no whole backup. The home is then as it was.
 */
export async function restoreHome(
  home: Home,
  file: string,
  { force, nowMs, signal }: RestoreOptions,
): Promise<Restored> {
  requireStopped(home);
  const inTheWay = existing(home);
  if (inTheWay.length > 0 && !force) {
    throw new AppError('CONFLICT', `${home.folder} holds ${inTheWay.join(', ')} already.`, {
      hint: 'Name another home with GMAIL_HOME, or give --force: what is there is then moved aside, not deleted.',
    });
  }
  const staging = restoringFolder(home.folder);
  rmSync(staging, { recursive: true, force: true });
  let manifest: Manifest;
  let parked = 0;
  try {
    mkdirSync(staging, { recursive: true, mode: 0o700 });
    manifest = await readBackup(file, (path, chunks) => stage(join(staging, path), chunks), signal);
    for (const { path, mode } of manifest.files) chmodSync(join(staging, path), mode);
    requireSound(staging, manifest);
    parked = await parkWaiting(staging, manifest, nowMs);
  } catch (error) {
    rmSync(staging, { recursive: true, force: true });
    throw error;
  }
  // From here on an interruption leaves the staging folder, with which nothing starts before the restore is run again.
  const movedTo = join(home.folder, `before-restore-${new Date(nowMs).toISOString().replaceAll(/[-:]|\.\d+/g, '')}`);
  // The end of the log that was there is none of the log that comes.
  for (const name of [...inTheWay, ...auditHeadFiles.filter((file) => existsSync(join(home.folder, file)))]) {
    mkdirSync(movedTo, { recursive: true, mode: 0o700 });
    renameSync(join(home.folder, name), join(movedTo, name));
  }
  for (const name of readdirSync(staging)) renameSync(join(staging, name), join(home.folder, name));
  rmSync(staging, { recursive: true });
  return { manifest, parked, ...(inTheWay.length === 0 ? {} : { movedTo }) };
}

/**
 * Where the backup is from may still run, and send what waited there: the copy sends nothing that nobody approved. Each such
 * message has its entry in the copy's audit log.
 */
async function parkWaiting(staging: string, { files, createdAt }: Manifest, nowMs: number): Promise<number> {
  const file = 'data/outbox.db';
  if (!files.some(({ path }) => path === file)) return 0;
  const stores = sqliteSafetyStores(join(staging, 'data'), () => nowMs);
  try {
    const { waiting = 0, drafting = 0 } = await stores.outbox().count();
    const limit = waiting + drafting;
    if (limit === 0) return 0;
    const entries = await stores.outbox().list({ states: ['waiting', 'drafting'], limit });
    const audit = stores.audit();
    const by = {
      actor: { transport: 'cli', requestId: randomUUID() },
      operation: 'restore',
      method: 'parkSend',
    } as const;
    const begun: number[] = [];
    for (const entry of entries) {
      const { account, state: from } = entry;
      begun.push(await audit.begin({ ...by, account, target: auditedSend(entry), from }));
    }
    const warning = `Restored from a backup of ${createdAt}: it may have been sent since. Look into SENT first.`;
    const parked = parkUnsent(join(staging, file), warning, nowMs);
    for (const sequence of begun) await audit.end(sequence, { kind: 'done', to: 'parked' });
    return parked;
  } finally {
    stores.close();
  }
}

/** What of a home would be written over. An empty data folder is nothing, and so is a `supervisord.conf` as it was made. */
function existing({ folder, dataFolder, configurationFile }: Home): readonly string[] {
  return ['data', 'settings', 'policy.json', 'supervisord.conf'].filter((name) => {
    if (!existsSync(join(folder, name))) return false;
    if (name === 'data') return readdirSync(dataFolder).length > 0;
    return name !== 'supervisord.conf' || !isAsMade(readFileSync(configurationFile, 'utf8'));
  });
}

function isAsMade(configuration: string): boolean {
  return (['checkout', 'installed'] as const).some((kind) => configuration === processConfiguration(kind));
}

async function stage(target: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
  await pipeline(chunks, createWriteStream(target, { mode: 0o600 }));
}

function requireSound(staging: string, { files }: Manifest): void {
  for (const { path } of files) {
    const [fault] = path.endsWith('.db') ? structuralFaults(join(staging, path)) : [];
    if (fault !== undefined)
      throw new AppError('INVALID_INPUT', `${path} of the backup is damaged: ${fault}.`, {
        hint: 'Use another backup.',
      });
  }
}
