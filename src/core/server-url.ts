import type { Configuration } from './configuration.ts';

/** The address at which a client on this machine reaches a server that listens on `host`, without a slash at its end. */
export function serverUrl({ host }: Pick<Configuration, 'host'>, port: number): string {
  // A wildcard is an address to listen on, not one to connect to.
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}
