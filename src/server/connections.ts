import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** Descriptors that are kept for mailboxes, logs and what is asked of Google. */
const reservedDescriptors = 128;
/** Enough for every stream and session that a server keeps, and a bound on their memory. */
const mostConnections = 2000;
/** What systems that do not tell it allow at least. */
const usualDescriptors = 1024;

/** How many descriptors this process may have open. */
function descriptorLimit(): number {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return soft === undefined ? usualDescriptors : Number(soft);
  } catch {
    return usualDescriptors;
  }
}

/** How many connections a server of this process may keep: fewer than there are descriptors. */
export function connectionLimit(descriptors: number = descriptorLimit()): number {
  const half = Math.floor(descriptors / 2);
  return Math.min(mostConnections, Math.max(half, descriptors - reservedDescriptors));
}

const busy =
  'HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\nconnection: close\r\ncontent-type: text/plain\r\n' +
  'content-length: 22\r\n\r\nToo many connections.\n';

/**
 * Keeps a server to `maxConnections`. One more closes that which has been without a request for longest; where each is
 * being served, the new one is refused with 503.
 */
export function limitConnections(server: Server, maxConnections: number): void {
  /** Requests under way on each connection, those without any in the order in which they fell idle. */
  const connections = new Map<Socket, number>();

  server.on('connection', (socket) => {
    if (connections.size >= maxConnections) {
      const [idle] = connections.entries().find(([, requests]) => requests === 0) ?? [];
      if (idle === undefined) {
        socket.end(busy);
        return;
      }
      connections.delete(idle);
      idle.destroy();
    }
    connections.set(socket, 0);
    socket.once('close', () => connections.delete(socket));
  });
  server.on('request', ({ socket }, response) => {
    const requests = connections.get(socket);
    if (requests === undefined) return;
    connections.set(socket, requests + 1);
    response.once('close', () => {
      const left = (connections.get(socket) ?? 0) - 1;
      if (!connections.delete(socket) || socket.destroyed) return;
      connections.set(socket, left);
    });
  });
}
