import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';

/** A way over TCP to a PostgreSQL server that a network can be cut on. */
export interface CuttableWay {
  readonly address: string;
  /** From now on nothing comes through, in either direction, and no connection ends: whoever waits goes on waiting. */
  readonly cut: () => void;
  /** What waited comes through. */
  readonly heal: () => void;
}

/** Makes another way to a database of `startPostgres`, which is reached by a socket in a folder. */
export async function cuttableWay(
  t: { readonly after: (clean: () => void) => void },
  address: string,
): Promise<CuttableWay> {
  const folder = new URL(address).searchParams.get('host') ?? '';
  const sockets = new Set<Socket>();
  let isCut = false;

  function keep(socket: Socket): void {
    sockets.add(socket);
    // What becomes of one is seen by the other.
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    if (isCut) socket.pause();
  }

  const proxy = createServer((client) => {
    const server = connect(join(folder, '.s.PGSQL.5432'));
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      keep(from);
      from.on('data', (bytes) => to.write(bytes));
      from.on('close', () => to.destroy());
    }
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const bound = proxy.address();
  if (typeof bound !== 'object' || bound === null) throw new Error('no port');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
  return {
    address: `postgres://postgres@127.0.0.1:${bound.port}${new URL(address).pathname}`,
    cut() {
      isCut = true;
      for (const socket of sockets) socket.pause();
    },
    heal() {
      isCut = false;
      for (const socket of sockets) socket.resume();
    },
  };
}
