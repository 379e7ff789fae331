import { messageOf } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { ProcessConfiguration } from '../configuration/supervisor-configuration.ts';
import type { Launched } from './launch-process.ts';
import { untilReady } from './probe-url.ts';
import type { ProcessLedger } from '../files/process-ledger.ts';
import { retireProcess } from './retire-process.ts';
import type { Ending, RunningProcess } from './running-process.ts';

/** What became of a request to let a second process take over. */
export type Replacement =
  | { readonly kind: 'replaced' }
  /** The process goes on as it was. */
  | { readonly kind: 'failed'; readonly reason: string }
  /** Something else happened to it in the meantime. */
  | { readonly kind: 'superseded' }
  /** Its socket is not held, or it does not tell its own pid where it is asked for its readiness. */
  | { readonly kind: 'impossible' };

/** A request for a replacement. */
interface RestartRequest extends PromiseWithResolvers<Replacement> {
  /** Why, where that is not what the user asked for. */
  readonly unhealthyReason: string | undefined;
}

export interface OverlapParts {
  readonly configuration: ProcessConfiguration;
  readonly ledger: ProcessLedger;
  readonly logger: Logger;
  /** Starts a second process. Throws why that cannot be, or answers it in time. */
  readonly launch: () => Launched | Promise<string>;
  /** Hears when the second process is ready, or why it will not be. */
  readonly onReady: () => void;
  readonly onFailed: (reason: string) => void;
  /** Hears of the end of a process that was replaced or dropped: `exit status 0: replaced by pid 7`. */
  readonly onRetired: (reason: string) => void;
}

/** The processes of a program beside the one that counts: the one to come, and those on their way out. */
export class RollingRestart {
  readonly #parts: OverlapParts;
  #request: RestartRequest | undefined;
  #successor: Launched | undefined;
  readonly #retiring = new Map<RunningProcess, Promise<Ending>>();

  constructor(parts: OverlapParts) {
    this.#parts = parts;
  }

  get isRequested(): boolean {
    return this.#request !== undefined;
  }

  /** Notes a request, or joins the one that there is. */
  request(unhealthyReason: string | undefined): Promise<Replacement> {
    this.#request ??= { ...Promise.withResolvers<Replacement>(), unhealthyReason };
    return this.#request.promise;
  }

  /** Resolves the request. */
  settle(outcome: Replacement): void {
    this.#request?.resolve(outcome);
    this.#request = undefined;
  }

  /** Starts the second process and waits until it is ready: until the answer at `readyUrl` has its pid. */
  async start(readyUrl: string): Promise<void> {
    const request = this.#request;
    const { configuration, onReady, onFailed } = this.#parts;
    const { readyTimeoutSeconds } = configuration.extra;
    try {
      const launched = this.#parts.launch();
      if (launched instanceof Promise) throw new Error(await launched);
      this.#successor = launched;
      const gone = new AbortController();
      void launched.process.ended.then(({ how }) => {
        gone.abort();
        if (this.#successor !== launched) return;
        this.#successor = undefined;
        onFailed(`the new process ended before it was ready: ${how}`);
      });
      const answer = await untilReady(readyUrl, readyTimeoutSeconds * 1000, gone.signal, {
        pid: launched.process.pid,
      });
      if (this.#successor !== launched || answer === undefined) return;
      if (answer.ok) {
        onReady();
        return;
      }
      const reason = `the new process was not ready within ${readyTimeoutSeconds} s: ${answer.reason}`;
      this.drop(reason);
      onFailed(reason);
    } catch (error) {
      if (this.#request === request) onFailed(messageOf(error));
    }
  }

  /** Hands the second process over: it is the one that counts from now on. Undefined where it did not start. */
  take(): Launched | undefined {
    const successor = this.#successor;
    this.#successor = undefined;
    if (successor !== undefined) this.#parts.ledger.put({ ...successor.entry, role: 'current' });
    return successor;
  }

  /** Stops the second process. */
  drop(reason: string): void {
    const successor = this.#successor;
    this.#successor = undefined;
    if (successor !== undefined) void this.#retire(successor, reason);
  }

  /** Stops the process that was replaced by `pid`, and resolves the request when it is gone. Returns the reason, if any. */
  finish(before: Launched, pid: number): string | undefined {
    const request = this.#request;
    this.#request = undefined;
    void this.#retire(before, request?.unhealthyReason ?? `replaced by pid ${pid}`).then(() =>
      request?.resolve({ kind: 'replaced' }),
    );
    return request?.unhealthyReason;
  }

  /** Resolves when processes that were replaced or dropped are gone. */
  async retired(): Promise<void> {
    await Promise.all(this.#retiring.values());
  }

  /** Ends those without asking. */
  killRetiring(): void {
    for (const process of this.#retiring.keys()) process.send(9, this.#parts.configuration.killAsGroup);
  }

  async #retire({ process, entry }: Launched, reason: string): Promise<void> {
    const { configuration, ledger, logger, onRetired } = this.#parts;
    ledger.put({ ...entry, role: 'retiring' });
    const gone = retireProcess(process, configuration, logger);
    this.#retiring.set(process, gone);
    const { how } = await gone;
    this.#retiring.delete(process);
    onRetired(`${how}: ${reason}`);
  }
}
