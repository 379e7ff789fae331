import type { Logger } from '../core/logger.ts';
import type { ProcessConfiguration } from './configuration/supervisor-configuration.ts';
import { endOrphan, isOrphanOf } from './orphan.ts';
import { portHolder } from './port-holder.ts';
import { childEnvironment, type SpawnSurroundings } from './spawn-process.ts';

/**
 * Sees to it that a program can have the port that it is to answer on: ends what an earlier supervisor of this home has
 * left there. Answers who else holds the port, as `127.0.0.1:8001 is held by pid 77 (node)`; undefined when it is free.
 */
export async function clearPort(
  readyUrl: string,
  configuration: ProcessConfiguration,
  surroundings: SpawnSurroundings & { readonly logger: Logger },
): Promise<string | undefined> {
  let holder = await portHolder(readyUrl);
  if (holder?.pid !== undefined && isOrphanOf(holder.pid, childEnvironment(configuration, surroundings))) {
    surroundings.logger.warn(`ending pid ${holder.pid}, a ${configuration.name} whose supervisor is gone`);
    await endOrphan(holder.pid, configuration.stopSignal, configuration.stopWaitSeconds * 1000);
    holder = await portHolder(readyUrl);
  }
  return holder === undefined ? undefined : `${new URL(readyUrl).host} is held by ${holder.description}`;
}
