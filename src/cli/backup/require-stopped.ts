import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../core/errors.ts';
import type { Home } from '../../core/home.ts';
import { isAlive } from '../../core/process-owner.ts';
import { isDatabaseOpen } from '../../store/sqlite/snapshot.ts';
import { listHomeFiles } from './home-files.ts';

/** Throws `CONFLICT` while a program of the home runs: files are about to be moved that it may have open. */
export function requireStopped(home: Home): void {
  const open = listHomeFiles(home, { withSecrets: true }).find(
    ({ path, isDatabase }) => isDatabase && isDatabaseOpen(join(home.folder, path)),
  );
  const supervisor = runningSupervisor(home);
  if (open === undefined && supervisor === undefined) return;
  throw new AppError('CONFLICT', `Programs of ${home.folder} are running.`, {
    got: supervisor === undefined ? `${open?.path} is open` : `the supervisor, pid ${supervisor}`,
    hint: 'Stop them first: gmail-llm ctl shutdown.',
  });
}

function runningSupervisor({ supervisorPidFile }: Home): number | undefined {
  if (!existsSync(supervisorPidFile)) return undefined;
  const pid = Number(readFileSync(supervisorPidFile, 'utf8'));
  return Number.isInteger(pid) && pid > 0 && isAlive(pid) ? pid : undefined;
}
