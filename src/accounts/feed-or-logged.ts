import { logOf } from '../core/telemetry/log.ts';

const log = logOf('feed');

/** Does what writes into the feed. A feed that fails is logged, and keeps nobody from their mail. */
export async function feedOrLogged(account: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    log.error('what happened to an account is missing in the feed', { account, error });
  }
}
