import { once } from 'node:events';
import type { Server } from 'node:http';
import { AppError, messageOf, systemCode } from '../../core/errors.ts';
import { findPortHolder } from '../../core/port-holder.ts';

/** Starts listening on 127.0.0.1 and answers the port. Throws `UNAVAILABLE` naming who holds a port that is taken. */
export async function listenOnLoopback(server: Server, port: number): Promise<number> {
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    const isTaken = systemCode(error) === 'EADDRINUSE';
    throw new AppError(
      'UNAVAILABLE',
      isTaken
        ? `Port ${port} is in use by ${findPortHolder(port).description}.`
        : `The emulator cannot listen on port ${port}: ${messageOf(error)}.`,
      { field: '--port', got: String(port), hint: 'Name another port, or 0 for any.' },
      error,
    );
  }
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}
