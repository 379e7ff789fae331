import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { systemCode } from './errors.ts';

/** Names one opening of a shared store: the machine, the process, and random characters. */
export function processOwner(): string {
  return `${hostname()} ${process.pid} ${randomBytes(6).toString('hex')}`;
}

/**
 * Whether an owner's process is known to have ended. Processes of another machine or container, whose numbers say
 * nothing here, count as running.
 */
export function isOwnerGone(owner: string): boolean {
  const [machine, pid] = owner.split(' ');
  if (machine !== hostname() || pid === undefined || Number(pid) === process.pid) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    // EPERM says that it runs as somebody else.
    return systemCode(error) === 'ESRCH';
  }
}
