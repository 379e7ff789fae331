import type { PoolClient } from 'pg';

/** How often listening is begun again after its connection was lost. */
const listenAgainMs = 5000;

/** Calls `wake` whenever somebody notifies a channel, and when it may have been missed. */
export function listenOnChannel(
  connect: () => Promise<PoolClient>,
  channel: string,
  wake: () => void,
): { readonly stop: () => void } {
  let client: PoolClient | undefined;
  let isStopped = false;
  const begin = async () => {
    const listening = await connect();
    const end = () => {
      if (client !== listening) return;
      client = undefined;
      listening.release(true);
    };
    client = listening;
    listening.on('notification', wake);
    listening.on('error', end);
    if (isStopped) return end();
    await listening.query(`LISTEN ${channel}`).then(wake, end);
  };
  const attempt = () => {
    if (client === undefined && !isStopped) begin().catch(() => undefined);
  };
  const timer = setInterval(attempt, listenAgainMs).unref();
  attempt();
  return {
    stop() {
      isStopped = true;
      clearInterval(timer);
      const listening = client;
      client = undefined;
      listening?.release(true);
    },
  };
}
