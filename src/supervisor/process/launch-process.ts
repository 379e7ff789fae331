import { randomUUID, hash } from 'node:crypto';
import type { ProcessConfiguration } from '../configuration/supervisor-configuration.ts';
import type { LogPaths } from '../logs/process-logs.ts';
import { identityOf, nonceVariable } from '../files/process-identity.ts';
import type { LedgerEntry, ProcessLedger } from '../files/process-ledger.ts';
import { ownProcess, type RunningProcess } from './running-process.ts';
import { explainSpawnError, spawnProcess, type SpawnContext } from './spawn-process.ts';

/** A process with its entry in the state file. */
export interface Launched {
  readonly process: RunningProcess;
  readonly entry: LedgerEntry;
}

/** Tells apart what a program is started as: a process of another one is not adopted. */
export function fingerprintOf({ command, directory, user, environment, extra }: ProcessConfiguration): string {
  const { listen, readyUrl } = extra;
  return hash('sha256', JSON.stringify([command, directory, user, environment, listen, readyUrl]));
}

/**
 * Starts a process that the next supervisor can find: its nonce is in the state file before it is started, the rest as soon
 * as it is known; the entry has to be removed when the process has ended. Answers a promise of the reason where it did not start.
 *
 * Throws what {@link spawnProcess} throws.
 */
export function launchProcess(
  configuration: ProcessConfiguration,
  context: SpawnContext & { readonly ledger: ProcessLedger },
  how: {
    readonly role: LedgerEntry['role'];
    readonly logPaths: LogPaths;
    /** Handed on as the first inherited descriptor. */
    readonly listenDescriptor: number | undefined;
  },
): Launched | Promise<string> {
  const { ledger, groupName: group } = context;
  const nonce = randomUUID();
  const { name } = configuration;
  const intent: LedgerEntry = {
    group,
    name,
    nonce,
    fingerprint: fingerprintOf(configuration),
    role: how.role,
    startedAt: Date.now(),
  };
  ledger.put(intent);
  try {
    const child = spawnProcess(configuration, context, {
      logPaths: how.logPaths,
      listenDescriptor: how.listenDescriptor,
      environment: { [nonceVariable]: nonce },
    });
    // A child that does not read its input must not take the supervisor down.
    child.stdin?.on('error', () => undefined);
    const { pid } = child;
    const failed = new Promise<string>((resolve) => {
      child.once('error', (error) => {
        if (pid === undefined) resolve(explainSpawnError(configuration, error));
      });
    });
    if (pid === undefined) {
      ledger.remove(nonce);
      return failed;
    }
    const identity = identityOf(pid);
    const entry = identity === undefined ? intent : { ...intent, identity };
    if (identity !== undefined) ledger.put(entry);
    return { process: ownProcess(child, pid), entry };
  } catch (error) {
    ledger.remove(nonce);
    throw error;
  }
}
