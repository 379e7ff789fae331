import { isDeepStrictEqual } from 'node:util';
import { messageOf } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { adoptLeftovers } from './files/adopt-leftovers.ts';
import type { GroupConfiguration, SupervisorConfiguration } from './configuration/supervisor-configuration.ts';
import { faultCodes, RpcFault } from './control/faults.ts';
import { CommandError } from './process/locate-command.ts';
import { ManagedProcess } from './process/managed-process.ts';
import { processSamples, type ProcessSamples } from './process/process-samples.ts';
import {
  inBatches,
  result,
  resultOf,
  untilNextMayStart,
  type Group,
  type Member,
  type MemberResult,
  type RestartResult,
} from './control/members.ts';
import { splitNamespec } from './control/namespec.ts';
import { openProcessLedger, type ProcessLedger } from './files/process-ledger.ts';

/** What is known of a program before it is tried. */
const cannotRun: ReadonlySet<number> = new Set([faultCodes.NO_FILE, faultCodes.NOT_EXECUTABLE]);

/** supervisord's own states. */
export type SupervisorState = 'RUNNING' | 'RESTARTING' | 'SHUTDOWN';

export interface SupervisorParts {
  readonly configuration: SupervisorConfiguration;
  /** Reads the configuration file anew. Throws what is wrong with it. */
  readonly readConfiguration: () => SupervisorConfiguration;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly logger: Logger;
  readonly random: () => number;
}

/** The groups and processes of one configuration, and the verbs on them. */
export class Supervisor {
  readonly configuration: SupervisorConfiguration;
  readonly logger: Logger;
  /** What the processes used over the last hour. */
  readonly samples: ProcessSamples;
  readonly #parts: SupervisorParts;
  readonly #groups = new Map<string, Group>();
  readonly #ledger: ProcessLedger;
  #available: SupervisorConfiguration;
  #state: SupervisorState = 'RUNNING';
  #whenEnding: () => void = () => undefined;
  /** Resolves when a shutdown or a restart is asked for. */
  readonly ending: Promise<void>;
  #started: Promise<void> = Promise.resolve();
  /** Starts under way that nobody waits for. */
  #background: Promise<unknown> = Promise.resolve();

  constructor(parts: SupervisorParts) {
    this.#parts = parts;
    this.configuration = parts.configuration;
    this.#available = parts.configuration;
    this.logger = parts.logger;
    this.samples = processSamples(
      () => this.members().map(({ process: { configuration, pid } }) => ({ name: configuration.name, pid })),
      () => performance.now(),
    );
    this.#ledger = openProcessLedger(`${parts.configuration.pidFile}.processes`, parts.logger);
    this.ending = new Promise((resolve) => {
      this.#whenEnding = resolve;
    });
    for (const group of parts.configuration.groups) this.#groups.set(group.name, this.#makeGroup(group));
  }

  get state(): SupervisorState {
    return this.#state;
  }

  /** Groups at work, by name. */
  get groups(): ReadonlyMap<string, Group> {
    return this.#groups;
  }

  /** The configuration as it was read last; its groups need not be at work. */
  get available(): SupervisorConfiguration {
    return this.#available;
  }

  /** Every member, ascending by its group's priority, then its own. */
  members(): readonly Member[] {
    return [...this.#groups.values()]
      .toSorted((a, b) => a.configuration.priority - b.configuration.priority)
      .flatMap((group) => group.processes.map((process) => ({ group, process })));
  }

  /** Asks for the end of this supervisor, to be over or to begin anew. The first wish counts. */
  end(state: 'RESTARTING' | 'SHUTDOWN'): void {
    if (this.#state !== 'RUNNING') return;
    this.#state = state;
    this.#whenEnding();
  }

  /**
   * What a name means: `group:process`, `group:*`, a process of a group of the same name, or, which supervisord has not,
   * the bare name of a process that only one group has. Throws `BAD_NAME`.
   */
  find(name: string): Group | Member {
    const wanted = splitNamespec(name);
    const group = this.#groups.get(wanted.group);
    if (group !== undefined && wanted.name === undefined) return group;
    const process = group?.processes.find(({ configuration }) => configuration.name === wanted.name);
    if (group !== undefined && process !== undefined) return { group, process };
    const isBare = wanted.name === name;
    const bare = isBare ? this.members().filter((member) => member.process.configuration.name === name) : [];
    if (bare.length === 1 && bare[0] !== undefined) return bare[0];
    throw new RpcFault('BAD_NAME', name);
  }

  /** The one process that a name means. Throws `BAD_NAME`, also for a group. */
  findProcess(name: string): ManagedProcess {
    const found = this.find(name);
    if ('process' in found) return found.process;
    throw new RpcFault('BAD_NAME', name);
  }

  /** The members of a group at work. Throws `BAD_NAME`. */
  membersOf(groupName: string): readonly Member[] {
    const group = this.#groups.get(groupName);
    if (group === undefined) throw new RpcFault('BAD_NAME', groupName);
    return group.processes.map((process) => ({ group, process }));
  }

  /**
   * Starts a process; with `wait`, resolves when it is up. Throws `NO_FILE`, `NOT_EXECUTABLE`, `ALREADY_STARTED`,
   * `SPAWN_ERROR`, `ABNORMAL_TERMINATION`.
   */
  async startProcess(process: ManagedProcess, name: string, wait: boolean): Promise<void> {
    this.#checkCommand(process);
    if (process.isActive) throw new RpcFault('ALREADY_STARTED', name);
    process.start();
    if (!wait) return;
    await process.until((state) => state !== 'STARTING' && state !== 'STOPPING');
    if (process.state === 'RUNNING') return;
    throw new RpcFault(process.record.spawnError === '' ? 'ABNORMAL_TERMINATION' : 'SPAWN_ERROR', name);
  }

  /** Stops a process; with `wait`, resolves when it is gone. Throws `NOT_RUNNING`. */
  async stopProcess(process: ManagedProcess, name: string, wait: boolean): Promise<void> {
    if (!process.isActive) throw new RpcFault('NOT_RUNNING', name);
    process.stop();
    // Gone, not at rest: someone else may have asked for a start in the meantime.
    if (wait) await process.until((state) => state !== 'STOPPING');
    if (wait) await process.retired();
  }

  /**
   * Restarts a process and resolves when the new one is up and the old one gone. Where its socket is held and it tells its
   * pid, they overlap and nobody is refused; a new one that does not get ready leaves the old one as it is. Throws what `startProcess` throws, and `SHUTDOWN_STATE`.
   */
  async restartProcess(process: ManagedProcess, name: string): Promise<void> {
    if (!process.isActive) {
      await this.startProcess(process, name, true);
      return;
    }
    this.#checkCommand(process);
    const replacement = await process.replace();
    if (replacement.kind === 'replaced') return;
    if (replacement.kind === 'failed') {
      throw new RpcFault('SPAWN_ERROR', `${name} (the old process serves on; ${replacement.reason})`);
    }
    if (replacement.kind === 'impossible') {
      if (process.isActive) await this.stopProcess(process, name, true);
      // A start would outlive the end that was asked for in the meantime.
      if (this.#state !== 'RUNNING') throw new RpcFault('SHUTDOWN_STATE');
      if (!process.isActive) return this.startProcess(process, name, true);
    }
    // Someone else has stopped, started or killed it in the meantime: that is waited for, not undone.
    await process.until((state) => state !== 'STARTING' && state !== 'STOPPING');
    if (process.state !== 'RUNNING') throw new RpcFault('ABNORMAL_TERMINATION', name);
  }

  /** Sends a signal. Throws `NOT_RUNNING`, `FAILED`. */
  signalProcess(process: ManagedProcess, name: string, signal: number): void {
    if (process.pid === 0) throw new RpcFault('NOT_RUNNING', name);
    try {
      process.signal(signal);
    } catch (error) {
      throw new RpcFault('FAILED', messageOf(error));
    }
  }

  /** Starts those that are not up: ascending by priority, the next priority when the one before is ready. */
  async startMembers(members: readonly Member[], wait: boolean): Promise<readonly MemberResult[]> {
    const idle = members.filter(({ process }) => !process.isActive);
    if (!wait) {
      this.#inBackground(this.startMembers(members, true));
      return idle.map((member) => result(member));
    }
    // As supervisord has it, so that the last fault is the client's exit code: first those that are up or impossible at once,
    // then the others in the order in which they come to an end.
    const atOnce: (MemberResult | undefined)[] = idle.map(() => undefined);
    const later: MemberResult[] = [];
    const starts: Promise<void>[] = [];
    for (const batch of inBatches(idle)) {
      if (this.#state !== 'RUNNING') break;
      for (const member of batch) {
        const start = async (): Promise<void> => {
          const outcome = await resultOf(member, (name) => this.startProcess(member.process, name, true));
          const isUpAtOnce = member.process.configuration.startSeconds === 0 && outcome.status === faultCodes.SUCCESS;
          if (isUpAtOnce || cannotRun.has(outcome.status)) atOnce[idle.indexOf(member)] = outcome;
          else later.push(outcome);
        };
        starts.push(start());
      }
      await Promise.all(batch.map(({ process }) => untilNextMayStart(process)));
    }
    await Promise.all(starts);
    return [...atOnce.filter((outcome) => outcome !== undefined), ...later];
  }

  /** Stops those that are up: descending by priority, the next priority when the one before is gone. */
  async stopMembers(members: readonly Member[], wait: boolean): Promise<readonly MemberResult[]> {
    const active = members.filter(({ process }) => process.isActive);
    if (!wait) {
      this.#inBackground(this.stopMembers(members, true));
      return active.map((member) => result(member));
    }
    const results: MemberResult[] = [];
    for (const batch of inBatches(active).toReversed()) {
      const stops = batch.map((member) => resultOf(member, (name) => this.stopProcess(member.process, name, true)));
      results.push(...(await Promise.all(stops)));
    }
    return results;
  }

  /** Restarts each of them, started or not: ascending by priority, the next priority when the one before is up. */
  async restartMembers(members: readonly Member[]): Promise<readonly RestartResult[]> {
    const results: RestartResult[] = [];
    for (const [rank, batch] of inBatches(members).entries()) {
      if (this.#state !== 'RUNNING') break;
      const restarts = batch.map(async (member) => {
        const { process } = member;
        const wasActive = process.isActive;
        const pidBefore = process.pid;
        const outcome = await resultOf(member, (name) => this.restartProcess(process, name));
        const isKept = outcome.status !== faultCodes.SUCCESS && pidBefore !== 0 && process.pid === pidBefore;
        return { ...outcome, rank, wasActive, isKept };
      });
      results.push(...(await Promise.all(restarts)));
    }
    return results;
  }

  /** Does something to every member. */
  async eachMember(
    members: readonly Member[],
    work: (process: ManagedProcess, name: string) => void,
  ): Promise<readonly MemberResult[]> {
    return Promise.all(members.map((member) => resultOf(member, async (name) => work(member.process, name))));
  }

  /** Starts what starts by itself, once; resolves when each of them is up, or has failed for the first time. */
  begin(): Promise<void> {
    this.#started = adoptLeftovers(this.#ledger, this.members(), this.logger).then(() =>
      this.#startAutomatic(this.members()),
    );
    return this.#started;
  }

  /** Resolves when what `begin` has started is up, or has failed for the first time. */
  get started(): Promise<void> {
    return this.#started;
  }

  async #startAutomatic(members: readonly Member[]): Promise<void> {
    const automatic = members.filter(({ process }) => process.configuration.autostart);
    for (const batch of inBatches(automatic)) {
      if (this.#state !== 'RUNNING') return;
      for (const { process } of batch) process.start();
      await Promise.all(batch.map(({ process }) => untilNextMayStart(process)));
    }
    await Promise.all(automatic.map(({ process }) => process.until((state) => state !== 'STARTING')));
  }

  /** Stops everything, descending by priority, and waits until it is gone; at once when `killSignal` aborts. */
  async stopAll(killSignal: AbortSignal): Promise<void> {
    const kill = (): void => this.members().forEach(({ process }) => process.killNow());
    if (killSignal.aborted) kill();
    killSignal.addEventListener('abort', kill, { once: true });
    for (const batch of inBatches(this.members()).toReversed()) {
      for (const { process } of batch) process.stop();
      await Promise.all(batch.map(({ process }) => process.until(() => process.isAtRest)));
      await Promise.all(batch.map(({ process }) => process.retired()));
      for (const { process } of batch) process.release();
    }
    killSignal.removeEventListener('abort', kill);
    await this.#background;
    for (const { process } of this.members()) process.logs.removeAutomatic();
  }

  /**
   * Reads the configuration file and says which groups it adds to those at work, changes and removes. Throws
   * `CANT_REREAD`.
   */
  reread(): {
    readonly added: readonly string[];
    readonly changed: readonly string[];
    readonly removed: readonly string[];
  } {
    try {
      this.#available = this.#parts.readConfiguration();
    } catch (error) {
      throw new RpcFault('CANT_REREAD', messageOf(error));
    }
    const names = new Set(this.#available.groups.map(({ name }) => name));
    const isChanged = (group: GroupConfiguration): boolean => {
      const active = this.#groups.get(group.name);
      return active !== undefined && !isDeepStrictEqual(active.configuration, group);
    };
    return {
      added: this.#available.groups.filter(({ name }) => !this.#groups.has(name)).map(({ name }) => name),
      changed: this.#available.groups.filter(isChanged).map(({ name }) => name),
      removed: [...this.#groups.keys()].filter((name) => !names.has(name)),
    };
  }

  /** Puts a group of the configuration to work and starts what starts by itself. Throws `BAD_NAME`, `ALREADY_ADDED`. */
  addGroup(name: string): void {
    const configuration = this.#available.groups.find((group) => group.name === name);
    if (configuration === undefined) throw new RpcFault('BAD_NAME', name);
    if (this.#groups.has(name)) throw new RpcFault('ALREADY_ADDED', name);
    this.#groups.set(name, this.#makeGroup(configuration));
    this.#inBackground(this.#startAutomatic(this.membersOf(name)));
  }

  /** Takes a group that is at rest off work. Throws `BAD_NAME`, `STILL_RUNNING`. */
  removeGroup(name: string): void {
    const members = this.membersOf(name);
    if (members.some(({ process }) => !process.isAtRest)) throw new RpcFault('STILL_RUNNING', name);
    for (const { process } of members) {
      process.release();
      process.logs.removeAutomatic();
    }
    this.#groups.delete(name);
  }

  #checkCommand(process: ManagedProcess): void {
    try {
      process.checkCommand();
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      throw new RpcFault(error.kind === 'missing' ? 'NO_FILE' : 'NOT_EXECUTABLE', error.message);
    }
  }

  #inBackground(work: Promise<unknown>): void {
    this.#background = Promise.all([this.#background, work]);
  }

  #makeGroup(configuration: GroupConfiguration): Group {
    const { environment, logger, random } = this.#parts;
    const { identifier, childLogFolder, socket } = this.configuration;
    const serverUrl = socket === undefined ? undefined : `unix://${socket.path}`;
    const ledger = this.#ledger;
    const context = { environment, serverUrl, identifier, childLogFolder, ledger, logger, random };
    return {
      configuration,
      processes: configuration.processes.map((process) => new ManagedProcess(process, configuration.name, context)),
    };
  }
}
