import { messageOf } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { ProcessConfiguration } from '../configuration/supervisor-configuration.ts';
import type { Ending, RunningProcess } from './running-process.ts';

/** How a process that is not wanted any more is told to end. */
export type StopPolicy = Pick<
  ProcessConfiguration,
  'name' | 'stopSignal' | 'stopWaitSeconds' | 'stopAsGroup' | 'killAsGroup'
>;

/** Ends a process beside the state table: by its stop signal, and by SIGKILL if that does not do it in time. */
export async function retireProcess(process: RunningProcess, policy: StopPolicy, logger: Logger): Promise<Ending> {
  const { name, stopSignal, stopWaitSeconds, stopAsGroup, killAsGroup } = policy;
  const send = (signal: number, toGroup: boolean): void => {
    try {
      process.send(signal, toGroup);
    } catch (error) {
      logger.error(`signal ${signal} does not reach ${name} (${process.pid})`, { reason: messageOf(error) });
    }
  };
  send(stopSignal, stopAsGroup);
  const timer = setTimeout(() => {
    logger.warn(`killing '${name}' (${process.pid}) with SIGKILL`);
    send(9, killAsGroup);
  }, stopWaitSeconds * 1000);
  const ending = await process.ended;
  clearTimeout(timer);
  logger.info(`stopped: ${name} (pid ${process.pid}, ${ending.how})`);
  return ending;
}
