import { connect } from 'node:net';
import { findPortHolder, type PortHolder } from '../../core/port-holder.ts';

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

/** Why an address cannot be had, as `127.0.0.1:8001 is held by pid 77 (node)`, and what to do. */
export function heldBy(address: string, holder: PortHolder): string {
  return `${address} is held by ${holder.description}: stop that process, or choose another port`;
}

/** Who listens where a program is about to answer; undefined if nobody does. */
export async function portHolder(host: string, port: number): Promise<PortHolder | undefined> {
  return (await isTaken(host, port)) ? findPortHolder(port) : undefined;
}

/** `127.0.0.1:8001 is held by pid 77 (node): …` with a way out, where somebody answers at `url` already. */
export async function urlHolder(url: string): Promise<string | undefined> {
  const { host, hostname, port } = new URL(url);
  const holder = await portHolder(hostname.replace(/^\[|\]$/g, ''), port === '' ? 80 : Number(port));
  return holder === undefined ? undefined : heldBy(host, holder);
}
