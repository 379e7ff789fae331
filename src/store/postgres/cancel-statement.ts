import { connect } from 'node:net';
import { join } from 'node:path';
import type { PoolClient } from 'pg';
import { backendOf } from './driver.ts';

/** How long the way to the server is tried: longer than a pooler lets a request wait (`cancel_wait_timeout` of pgbouncer, 10 s). */
const patienceMs = 15_000;
/** What stands in a `CancelRequest` for the version of the protocol. */
const cancelCode = 80_877_102;

/**
 * Has the server end the statement that a connection waits for when the signal aborts, by a `CancelRequest` over a connection of
 * its own (postgresql.org/docs/current/protocol-flow.html): without encryption, as it holds nothing but a number of this
 * connection. Which statement it ends depends on when it arrives: the connection has to be given up then. Returns what ends
 * the watch and says whether that is so.
 */
export function cancelWhenAborted(client: PoolClient, signal: AbortSignal): () => boolean {
  let isCancelled = false;
  const cancel = () => {
    isCancelled = true;
    requestCancel(client);
  };
  signal.addEventListener('abort', cancel, { once: true });
  return () => {
    signal.removeEventListener('abort', cancel);
    return isCancelled;
  };
}

/** What fails ends with the statement's own time. */
function requestCancel(client: PoolClient): void {
  const { host, port } = client;
  const { processId, secretKey } = backendOf(client);
  if (typeof processId !== 'number' || typeof secretKey !== 'number') return;
  const socket = connect(host.startsWith('/') ? { path: join(host, `.s.PGSQL.${port}`) } : { host, port });
  socket.setTimeout(patienceMs, () => socket.destroy()).unref();
  socket.on('error', () => undefined);
  const request = Buffer.alloc(16);
  for (const [index, value] of [request.length, cancelCode, processId, secretKey].entries()) {
    request.writeInt32BE(value, 4 * index);
  }
  // Whoever gets it closes the connection. A pooler that waits to pass it on, as pgbouncer 1.18, ends itself where that was closed before.
  socket.write(request);
  socket.resume();
}
