import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { systemCode } from './errors.ts';

/** What differs between two machines or containers of one host name, where the system tells: each counts its processes. */
function systemMark(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8');
    return createHash('sha256')
      .update(boot + readlinkSync('/proc/self/ns/pid'))
      .digest('hex')
      .slice(0, 12);
  } catch {
    return '';
  }
}

let ownMachine: string | undefined;

/** The machine or container that this process runs in; its name comes first. */
function machine(): string {
  return (ownMachine ??= `${hostname()}~${systemMark()}`);
}

/** Names one opening of a shared store: the machine, the process, and random characters. */
export function processOwner(): string {
  return `${machine()} ${process.pid} ${randomBytes(6).toString('hex')}`;
}

/** The machine and the process of an owner, as people name them. */
export function machineOf(owner: string): string {
  const [machine = '', pid = ''] = owner.split(' ');
  return `${machine.replace(/~.*$/, '')} ${pid}`;
}

/**
 * Whether an owner's process is known to have ended. Processes of another machine or container, whose numbers say
 * nothing here, count as running.
 */
export function isOwnerGone(owner: string): boolean {
  const [ownersMachine, pid] = owner.split(' ');
  // Up to 0.2 an owner's machine was its host name alone.
  const isHere = ownersMachine === machine() || ownersMachine === hostname();
  if (!isHere || pid === undefined || Number(pid) === process.pid) return false;
  return !isAlive(Number(pid));
}

/** Whether a process of this machine runs, also somebody else's. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM says that it runs as somebody else.
    return systemCode(error) !== 'ESRCH';
  }
}
