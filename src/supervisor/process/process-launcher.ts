import type { Logger } from '../../core/logger.ts';
import type { ProcessConfiguration } from '../configuration/supervisor-configuration.ts';
import type { LedgerEntry, ProcessLedger } from '../files/process-ledger.ts';
import type { ProcessLogs } from '../logs/process-logs.ts';
import { HeldSocket } from './held-socket.ts';
import { launchProcess, type Launched } from './launch-process.ts';
import { locateCommand } from './locate-command.ts';
import { urlHolder } from './port-holder.ts';
import { adoptedProcess, type Ending } from './running-process.ts';

/** What all processes of one supervisor share. */
export interface ProcessContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly serverUrl: string | undefined;
  readonly identifier: string;
  readonly childLogFolder: string;
  readonly ledger: ProcessLedger;
  readonly logger: Logger;
  /** From 0 to below 1. */
  readonly random: () => number;
}

/** What a launcher stands on. */
interface LauncherParts {
  readonly configuration: ProcessConfiguration;
  readonly groupName: string;
  readonly context: ProcessContext;
  readonly logs: ProcessLogs;
  /** Hears of the end of each process, whatever it counts for by then. */
  readonly onEnded: (launched: Launched, ending: Ending) => void;
}

/** Starts the processes of one program, holds the address that they listen on, and watches over each until its end. */
export class ProcessLauncher {
  readonly #parts: LauncherParts;
  readonly #socket: HeldSocket | undefined;

  constructor(parts: LauncherParts) {
    this.#parts = parts;
    const { listen } = parts.configuration.extra;
    this.#socket = listen === undefined ? undefined : new HeldSocket(listen);
  }

  /** Whether it holds the address: only then a second process can listen beside the first. */
  get isHolding(): boolean {
    return this.#socket?.descriptor !== undefined;
  }

  /** Throws `CommandError` where the command cannot be executed. */
  checkCommand(): void {
    const { configuration, context } = this.#parts;
    locateCommand(configuration.command, configuration.environment.PATH ?? context.environment.PATH);
  }

  /** Holds the address that the program listens on. Answers why that cannot be; `isOurs` as in {@link HeldSocket.hold}. */
  async takeAddress(isOurs: boolean): Promise<string | undefined> {
    if (this.#socket !== undefined) return this.#socket.hold(isOurs);
    const { readyUrl } = this.#parts.configuration.extra;
    return readyUrl === undefined || isOurs ? undefined : urlHolder(readyUrl);
  }

  /** Starts a process; see {@link launchProcess}. */
  launch(role: LedgerEntry['role']): Launched | Promise<string> {
    const { configuration, groupName, context, logs } = this.#parts;
    const inherited = { role, logPaths: logs.paths, listenDescriptor: this.#socket?.descriptor };
    const launched = launchProcess(configuration, { ...context, groupName }, inherited);
    if (launched instanceof Promise) return launched;
    context.logger.info(`spawned: '${configuration.name}' with pid ${launched.process.pid}`);
    return this.#followed(launched);
  }

  /** Takes over a process that an earlier supervisor has left. */
  adopt(identity: NonNullable<LedgerEntry['identity']>, entry: LedgerEntry): Launched {
    return this.#followed({ process: adoptedProcess(identity), entry });
  }

  /** Lets go of the address, unless a process is started in the next second. */
  releaseSoon(): void {
    this.#socket?.releaseSoon();
  }

  /** Lets go of the address. */
  release(): void {
    this.#socket?.release();
  }

  #followed(launched: Launched): Launched {
    const { context, logs, onEnded } = this.#parts;
    const { process, entry } = launched;
    const gone = new AbortController();
    logs.watch(process.pid, gone.signal);
    void process.ended.then((ending) => {
      gone.abort();
      context.ledger.remove(entry.nonce);
      onEnded(launched, ending);
    });
    return launched;
  }
}
