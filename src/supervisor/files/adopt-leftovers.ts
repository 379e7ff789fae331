import type { Logger } from '../../core/logger.ts';
import { fingerprintOf } from '../process/launch-process.ts';
import type { Member } from '../control/members.ts';
import { namespec } from '../control/namespec.ts';
import { findByNonce, hasNonce, isLiving, type ProcessIdentity } from './process-identity.ts';
import type { LedgerEntry, ProcessLedger } from './process-ledger.ts';
import { retireProcess, type StopPolicy } from '../process/retire-process.ts';
import { adoptedProcess } from '../process/running-process.ts';

type Identified = LedgerEntry & { readonly identity: ProcessIdentity };

/** For a program that the configuration does not have any more: supervisord's defaults. */
const defaultStop = { stopSignal: 15, stopWaitSeconds: 10, stopAsGroup: false, killAsGroup: false } as const;

/** The entry with the identity of its living process, where pid, start time and nonce agree. */
function verified(entry: LedgerEntry, logger: Logger): Identified | undefined {
  // Killed between a start and its note: the nonce alone finds it.
  const identity = entry.identity ?? findByNonce(entry.nonce);
  if (identity === undefined || !isLiving(identity)) return undefined;
  if (hasNonce(identity.pid, entry.nonce)) return { ...entry, identity };
  logger.warn(`pid ${identity.pid} is not the ${entry.name} that an earlier supervisor has started: it is left alone`);
  return undefined;
}

/**
 * Takes over what a supervisor that was killed has left: a process that the configuration still wants is adopted at once
 * and goes on with its pid; the others are ended. Resolves when those are gone. Never signals a process whose pid, start
 * time and nonce do not agree.
 */
export async function adoptLeftovers(ledger: ProcessLedger, members: readonly Member[], logger: Logger): Promise<void> {
  const roles: readonly LedgerEntry['role'][] = ['current', 'successor', 'retiring'];
  const left = ledger.entries.toSorted((a, b) => roles.indexOf(a.role) - roles.indexOf(b.role));
  const served = new Set<string>();
  const endings: Promise<void>[] = [];
  for (const entry of left) {
    const leftover = verified(entry, logger);
    if (leftover === undefined) {
      ledger.remove(entry.nonce);
      continue;
    }
    const name = namespec(entry.group, entry.name);
    const process = members.find(
      (member) => member.group.configuration.name === entry.group && member.process.configuration.name === entry.name,
    )?.process;
    const { pid } = leftover.identity;
    const isWanted = process !== undefined && fingerprintOf(process.configuration) === entry.fingerprint;
    if (isWanted && entry.role !== 'retiring' && !served.has(name)) {
      served.add(name);
      logger.info(`adopted: '${entry.name}' with pid ${pid}, whose supervisor is gone`);
      ledger.put({ ...leftover, role: 'current' });
      process.adopt(leftover);
    } else {
      logger.warn(`ending pid ${pid}, a ${entry.name} whose supervisor is gone`);
      endings.push(end(leftover, process?.configuration ?? { ...defaultStop, name: entry.name }));
    }
  }
  await Promise.all(endings);

  async function end({ identity, nonce }: Identified, policy: StopPolicy): Promise<void> {
    await retireProcess(adoptedProcess(identity), policy, logger);
    ledger.remove(nonce);
  }
}
