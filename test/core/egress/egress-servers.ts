import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

const file = (name: string) => join(import.meta.dirname, name);

/** The certificate of the authority that signed the test server's, which is for localhost, service.example and 127.0.0.1. */
export const authorityFile = file('authority.pem');

/** What that server shows, and the key to it. */
export const serverFiles = { certificate: file('server-certificate.pem'), key: file('server-key.pem') };

async function listen(t: Pick<TestContext, 'after'>, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A server on this machine; answers its port. */
export function startPlain(t: Pick<TestContext, 'after'>, listener: RequestListener): Promise<number> {
  return listen(t, createServer(listener));
}

/** The same over TLS, with a count of the connections that were tried. */
export async function startSecure(
  t: Pick<TestContext, 'after'>,
  listener: RequestListener,
): Promise<{ readonly port: number; readonly connections: () => number }> {
  const server = createSecureServer(
    { key: readFileSync(serverFiles.key), cert: readFileSync(serverFiles.certificate) },
    listener,
  );
  let connections = 0;
  server.on('connection', () => (connections += 1));
  return { port: await listen(t, server), connections: () => connections };
}

/** A proxy that tunnels to 127.0.0.1 whatever the name, and writes down what it was asked for. */
export async function startProxy(
  t: Pick<TestContext, 'after'>,
): Promise<{ readonly url: string; readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const server = createServer((_request, response) => response.writeHead(405).end());
  const sockets = new Set<Socket>();
  server.on('connect', (request: IncomingMessage, client: Socket) => {
    asked.push(request.url ?? '');
    const target = connect(Number((request.url ?? '').split(':').at(-1)), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      target.pipe(client).pipe(target);
    });
    for (const socket of [client, target]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
    }
  });
  const port = await listen(t, server);
  t.after(() => {
    for (const socket of sockets) socket.destroy();
  });
  return { url: `http://127.0.0.1:${port}`, asked };
}
