import type { Actor } from '../../core/actor.ts';
import type { Caller, Services } from './services.ts';

/** What an operation about the installation is given beside its input: no mailbox, unless it opens one. */
export interface HomeCall {
  readonly services: Services;
  readonly caller: Caller;
  readonly actor: Actor;
  /** The account that the caller names and may use. */
  readonly account: string | undefined;
  readonly nowMs: number;
}
