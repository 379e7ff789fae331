import { lookup } from 'node:dns/promises';
import { BoundSocket } from 'node:net';
import { messageOf, systemCode } from '../../core/errors.ts';
import { findPortHolder } from '../../core/port-holder.ts';
import type { ListenAddress } from '../configuration/values.ts';
import { heldBy, portHolder } from './port-holder.ts';

/** supervisorctl restarts by a stop and a start: so long the socket outlives the stop, and nobody is refused. */
const lingerMs = 1_000;

/**
 * The socket of a program, bound for as long as the program is wanted: it is handed to each of its processes in turn, and
 * while none of them listens, connections wait in the kernel instead of being refused.
 *
 * On Linux the address is shared (`SO_REUSEPORT`) with processes of the same user: so the next supervisor can bind it
 * while a process that it adopts still listens there. A bound socket that nobody listens on takes no connection.
 */
export class HeldSocket {
  readonly #address: ListenAddress;
  #bound: BoundSocket | undefined;
  #linger: NodeJS.Timeout | undefined;

  constructor(address: ListenAddress) {
    this.#address = address;
  }

  /** The descriptor to hand on; undefined while nothing is held. */
  get descriptor(): number | undefined {
    return this.#bound?.fd();
  }

  /**
   * Binds the address unless it is held already. Answers why that cannot be; `isOurs` says that who listens there may do
   * so, as a process that was adopted.
   */
  async hold(isOurs: boolean): Promise<string | undefined> {
    clearTimeout(this.#linger);
    if (this.#bound !== undefined) return undefined;
    const { host, port } = this.#address;
    const shown = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
    const holder = isOurs ? undefined : await portHolder(host, port);
    if (holder !== undefined) return heldBy(shown, holder);
    try {
      const { address } = await lookup(host);
      this.#bound ??= new BoundSocket({ host: address, port, reusePort: process.platform === 'linux' });
      return undefined;
    } catch (error) {
      return systemCode(error) === 'EADDRINUSE'
        ? heldBy(shown, findPortHolder(port))
        : `${shown} cannot be bound: ${messageOf(error)}; correct x_listen`;
    }
  }

  /** Lets go of the address, unless it is held again in the next second. */
  releaseSoon(): void {
    clearTimeout(this.#linger);
    this.#linger = setTimeout(() => this.release(), lingerMs).unref();
  }

  /** Lets go of the address. */
  release(): void {
    clearTimeout(this.#linger);
    this.#bound?.close();
    this.#bound = undefined;
  }
}
