import { connect } from 'node:net';
import { findPortHolder, type PortHolder } from '../core/port-holder.ts';

/** A local port answers or refuses at once; longer is as good as nobody. */
const connectWithinMs = 250;

function isTaken(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const answer = (taken: boolean): void => {
      socket.destroy();
      resolve(taken);
    };
    socket.setTimeout(connectWithinMs, () => answer(false));
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
  });
}

/** Who listens where a program is about to answer; undefined if nobody does. */
export async function portHolder(url: string): Promise<PortHolder | undefined> {
  const { hostname, port } = new URL(url);
  const number = port === '' ? 80 : Number(port);
  return (await isTaken(hostname.replace(/^\[|\]$/g, ''), number)) ? findPortHolder(number) : undefined;
}
