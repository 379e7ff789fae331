import { Socket } from 'node:net';
import type { ClientBase, PoolClient, QueryConfig, QueryResult, QueryResultRow } from 'pg';

/**
 * The answer to a statement. A connection on which none comes within `patienceMs` is cut: the driver's own limit would close
 * it, and leave to the system to send what it still has.
 */
export async function answerTo<T extends QueryResultRow>(
  client: ClientBase,
  statement: QueryConfig,
  patienceMs: number,
): Promise<QueryResult<T>> {
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    cut(client);
  }, patienceMs);
  try {
    return await client.query<T>(statement);
  } catch (error) {
    if (!isLate) throw error;
    throw Object.assign(new Error(`no answer within ${patienceMs} ms`, { cause: error }), { code: 'ETIMEDOUT' });
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Gives a connection up whose work failed, with what is under way on it. Where the server itself has refused something it is
 * told so instead: it has ended what was begun, and writes down as fatal that a client is lost.
 */
export function giveUp(client: PoolClient, failure: unknown): void {
  if (failure !== undefined && !isOfServer(failure)) cut(client);
  client.release(true);
}

/** Whether an error is what the server has answered (postgresql.org/docs/current/protocol-error-fields.html). */
function isOfServer(error: unknown): boolean {
  return error instanceof Error && typeof Reflect.get(error, 'severity') === 'string';
}

/**
 * Ends a connection at once, and forgets what was not sent yet. While the network is down that waits in the system, which would
 * send it when the network is back, to a server that may still carry it out: after the caller was told that it failed.
 */
function cut(client: ClientBase): void {
  const stream: unknown = Reflect.get(connectionOf(client), 'stream');
  if (!(stream instanceof Socket)) return;
  // Encrypted, it lies upon the one of the network.
  const below: unknown = Reflect.get(stream, '_parent');
  try {
    (below instanceof Socket ? below : stream).resetAndDestroy();
  } catch {
    // Within a machine there is nothing to be reset: what is sent has arrived.
    stream.destroy();
  }
}

/** What the server, or the pooler in between, has named a connection by. The driver has it, and does not say so in its types. */
export function backendOf(client: ClientBase): { readonly processId: unknown; readonly secretKey: unknown } {
  return { processId: Reflect.get(client, 'processID'), secretKey: Reflect.get(client, 'secretKey') };
}

/** The same of the connection of a client. */
function connectionOf(client: ClientBase): object {
  const connection: unknown = Reflect.get(client, 'connection');
  return typeof connection === 'object' && connection !== null ? connection : {};
}
