import type { ChildProcess } from 'node:child_process';
import { existsSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { messageOf, systemCode } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { crashDelayMs, failedStartDelayMs } from './back-off.ts';
import type { LogConfiguration, ProcessConfiguration } from './configuration/supervisor-configuration.ts';
import { locateCommand } from './locate-command.ts';
import { emptyLog } from './log-file.ts';
import { whileGroupIsPaused } from './pause-processes.ts';
import { portHolder } from './port-holder.ts';
import { untilReady } from './probe-url.ts';
import {
  neverStarted,
  transition,
  type Lifecycle,
  type ProcessEffect,
  type ProcessEvent,
  type ProcessState,
} from './process-state.ts';
import { readLogEnd } from './read-log.ts';
import { signalName } from './signals.ts';
import { spawnProcess, type LogPaths } from './spawn-process.ts';
import { watchHealth } from './watch-health.ts';
import { watchLogSize } from './watch-log-size.ts';

/** What all processes of one supervisor share. */
export interface ProcessSurroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly serverUrl: string | undefined;
  readonly identifier: string;
  readonly childLogFolder: string;
  readonly logger: Logger;
  /** From 0 to below 1. */
  readonly random: () => number;
}

/** One end of a process. */
export interface Death {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** `exit status 1`, `terminated by SIGKILL`, with what led to it. */
  readonly reason: string;
}

const keptDeaths = 10;
const fatalLogBytes = 1_600;

/** A process of the configuration over all its lives: it feeds the state table and does what the table asks for. */
export class ManagedProcess {
  readonly configuration: ProcessConfiguration;
  readonly groupName: string;
  readonly logPaths: LogPaths;
  readonly #surroundings: ProcessSurroundings;
  #lifecycle: Lifecycle = neverStarted;
  #child: ChildProcess | undefined;
  #startedAt = 0;
  #stoppedAt = 0;
  #upSince: number | undefined;
  #spawnError = '';
  #exitStatus = 0;
  #restarts = 0;
  /** Why it is being stopped, where that is not its user's wish. */
  #stopReason: string | undefined;
  readonly #deaths: Death[] = [];
  /** Ends what belongs to the present state: timers, checks. */
  #stateEnd = new AbortController();
  #waiting: { readonly isMet: (state: ProcessState) => boolean; readonly resolve: () => void }[] = [];

  constructor(configuration: ProcessConfiguration, groupName: string, surroundings: ProcessSurroundings) {
    this.configuration = configuration;
    this.groupName = groupName;
    this.#surroundings = surroundings;
    this.logPaths = {
      stdout: this.#pathOf(configuration.stdout, 'stdout'),
      stderr: this.#pathOf(configuration.stderr, 'stderr'),
    };
  }

  get state(): ProcessState {
    return this.#lifecycle.state;
  }

  /** 0 when there is none. */
  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Milliseconds since 1970; 0 before the first start. */
  get startedAt(): number {
    return this.#startedAt;
  }

  /** Milliseconds since 1970; 0 before the first stop. */
  get stoppedAt(): number {
    return this.#stoppedAt;
  }

  /** Why the last start failed, or empty. */
  get spawnError(): string {
    return this.#spawnError;
  }

  /** Status of the last exit, -1 after a signal, 0 while there was none. */
  get exitStatus(): number {
    return this.#exitStatus;
  }

  /** Starts that nobody asked for. */
  get restarts(): number {
    return this.#restarts;
  }

  /** The last ten ends, the latest last. */
  get deaths(): readonly Death[] {
    return this.#deaths;
  }

  /** Whether it is up or on its way there, as supervisord counts it. */
  get isActive(): boolean {
    return ['RUNNING', 'BACKOFF', 'STARTING'].includes(this.state);
  }

  /** Whether it is at rest: nothing has to be stopped. */
  get isAtRest(): boolean {
    return ['STOPPED', 'EXITED', 'FATAL', 'UNKNOWN'].includes(this.state);
  }

  /** Throws `CommandError` where the command cannot be executed. */
  checkCommand(): void {
    const { command, environment } = this.configuration;
    locateCommand(command, environment.PATH ?? this.#surroundings.environment.PATH);
  }

  start(): void {
    this.#dispatch({ kind: 'start' });
  }

  stop(): void {
    this.#dispatch({ kind: 'stop' });
  }

  /** Ends it without asking. */
  killNow(): void {
    this.#dispatch({ kind: 'stop' });
    this.#perform('signalKill');
  }

  /** Sends a signal that is not meant to end it. Throws the system's error. */
  signal(number: number): void {
    if (this.#child?.pid !== undefined) process.kill(this.#child.pid, number);
  }

  /** Writes to its standard input; false where that is closed. */
  writeInput(text: string): boolean {
    const input = this.#child?.stdin;
    if (input === undefined || input === null || !input.writable) return false;
    input.write(text);
    return true;
  }

  /** Resolves when the state is one that `isMet` accepts; at once if it is so already. */
  until(isMet: (state: ProcessState) => boolean): Promise<void> {
    if (isMet(this.state)) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ isMet, resolve }));
  }

  /** Empties the logs. Throws the system's error. */
  clearLogs(): void {
    for (const path of [this.logPaths.stdout, this.logPaths.stderr]) {
      if (path !== undefined && statSync(path, { throwIfNoEntry: false })?.isFile() === true) emptyLog(path);
    }
  }

  /** Removes the log files of made-up names: the process leaves for good. */
  removeAutomaticLogs(): void {
    for (const channel of ['stdout', 'stderr'] as const) {
      const path = this.logPaths[channel];
      if (this.configuration[channel].target.kind === 'auto' && path !== undefined && existsSync(path)) unlinkSync(path);
    }
  }

  #pathOf({ target }: LogConfiguration, channel: string): string | undefined {
    if (target.kind === 'none') return undefined;
    if (target.kind === 'file') return target.path;
    const { childLogFolder, identifier } = this.#surroundings;
    return join(childLogFolder, `${this.configuration.name}-${channel}---${identifier}-${randomUUID().slice(0, 8)}.log`);
  }

  #dispatch(event: ProcessEvent): void {
    const before = this.state;
    const { lifecycle, effects } = transition(this.#lifecycle, event, {
      autorestart: this.configuration.autorestart,
      startRetries: this.configuration.startRetries,
    });
    this.#lifecycle = lifecycle;
    if (lifecycle.state !== before) this.#entered(lifecycle.state, before);
    if (effects.includes('spawn') && event.kind !== 'start') this.#restarts += 1;
    for (const effect of effects) this.#perform(effect);
    this.#waiting = this.#waiting.filter(({ isMet, resolve }) => {
      if (!isMet(this.state)) return true;
      resolve();
      return false;
    });
  }

  #entered(state: ProcessState, before: ProcessState): void {
    const { name, startSeconds, extra } = this.configuration;
    this.#stateEnd.abort();
    this.#stateEnd = new AbortController();
    this.#upSince = state === 'RUNNING' ? performance.now() : undefined;
    if (state === 'RUNNING') {
      this.#surroundings.logger.info(
        extra.readyUrl === undefined
          ? `success: ${name} entered RUNNING state, process has stayed up for > than ${startSeconds} seconds (startsecs)`
          : `success: ${name} entered RUNNING state, it is ready`,
        { afterMs: Date.now() - this.#startedAt },
      );
      this.#watchHealth();
    }
    if (state === 'FATAL') {
      const path = this.logPaths.stderr ?? this.logPaths.stdout;
      this.#surroundings.logger.error(`gave up: ${name} entered FATAL state, too many start retries too quickly`, {
        reason: this.#spawnError,
        lastExit: this.#deaths.at(-1)?.reason,
        logFile: path,
        lastLines: path === undefined ? '' : readLogEnd(path, fatalLogBytes).toString('utf8'),
      });
    }
    if (state === 'STOPPED' && before === 'BACKOFF') this.#stoppedAt = Date.now();
  }

  #perform(effect: ProcessEffect): void {
    switch (effect) {
      case 'spawn':
        void this.#spawn();
        return;
      case 'signalStop':
        this.#send(this.configuration.stopSignal, this.configuration.stopAsGroup);
        this.#after(this.configuration.stopWaitSeconds * 1000, { kind: 'stopTimedOut' });
        return;
      case 'signalKill':
        if (this.pid !== 0) {
          this.#surroundings.logger.warn(`killing '${this.configuration.name}' (${this.pid}) with SIGKILL`);
        }
        this.#send(9, this.configuration.killAsGroup);
        return;
      case 'backOffFailedStart':
        this.#backOff(failedStartDelayMs(this.#lifecycle.failedStarts, this.#backOffMaximumMs, this.#random()));
        return;
      case 'backOffCrash':
        this.#backOff(crashDelayMs(this.#lifecycle.crashes, this.#backOffMaximumMs, this.#random()));
        return;
      default:
        effect satisfies never;
    }
  }

  get #backOffMaximumMs(): number {
    return this.configuration.extra.backOffMaximumSeconds * 1000;
  }

  #random(): number {
    return this.#surroundings.random();
  }

  #backOff(delayMs: number): void {
    if (delayMs === 0) {
      this.#dispatch({ kind: 'backOffOver' });
      return;
    }
    this.#surroundings.logger.info(`waiting to start ${this.configuration.name} again`, { delayMs });
    this.#after(delayMs, { kind: 'backOffOver' });
  }

  /** Lets `event` happen after a while, unless the state has changed by then. */
  #after(delayMs: number, event: ProcessEvent): void {
    const timer = setTimeout(() => this.#dispatch(event), delayMs);
    this.#stateEnd.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  }

  async #spawn(): Promise<void> {
    const { configuration, groupName, logPaths } = this;
    const { readyUrl } = configuration.extra;
    const ended = this.#stateEnd.signal;
    this.#startedAt = Date.now();
    this.#spawnError = '';
    this.#exitStatus = 0;
    this.#stopReason = undefined;
    const holder = readyUrl === undefined ? undefined : await portHolder(readyUrl);
    if (ended.aborted) {
      this.#spawnFailed('stopped before it was started');
      return;
    }
    if (holder !== undefined && readyUrl !== undefined) {
      const { host } = new URL(readyUrl);
      this.#spawnFailed(`${host} is held by ${holder}: stop that process, or choose another port`);
      return;
    }
    let child: ChildProcess;
    try {
      child = spawnProcess(configuration, { ...this.#surroundings, groupName }, logPaths);
    } catch (error) {
      this.#spawnFailed(messageOf(error));
      return;
    }
    child.once('error', (error) => {
      if (child.pid === undefined) this.#spawnFailed(this.#explainSpawnError(error));
    });
    // A child that does not read its input must not take the supervisor down.
    child.stdin?.on('error', () => undefined);
    if (child.pid === undefined) return;
    this.#child = child;
    child.once('exit', (status, signal) => this.#exited(status, signal));
    this.#surroundings.logger.info(`spawned: '${configuration.name}' with pid ${child.pid}`);
    this.#watchLogs(child, child.pid);
    if (readyUrl === undefined) this.#after(Math.max(0, configuration.startSeconds * 1000), { kind: 'up' });
    else await this.#watchReadiness(readyUrl, ended);
  }

  #explainSpawnError(error: Error): string {
    const { directory, command, user } = this.configuration;
    if (directory !== undefined && systemCode(error) === 'ENOENT' && !existsSync(directory)) {
      return `couldn't chdir to ${directory}: ENOENT`;
    }
    if (user !== undefined && systemCode(error) === 'EPERM') {
      return `couldn't setuid to ${user.uid}: only root may start programs as another user`;
    }
    return `couldn't exec ${command}: ${messageOf(error)}`;
  }

  #spawnFailed(reason: string): void {
    this.#spawnError = reason;
    this.#stoppedAt = Date.now();
    this.#surroundings.logger.warn(`spawnerr: ${reason}`, { program: this.configuration.name });
    this.#dispatch({ kind: 'spawnFailed' });
  }

  async #watchReadiness(readyUrl: string, ended: AbortSignal): Promise<void> {
    const { readyTimeoutSeconds } = this.configuration.extra;
    const answer = await untilReady(readyUrl, readyTimeoutSeconds * 1000, ended);
    if (answer === undefined) return;
    if (answer.ok) {
      this.#dispatch({ kind: 'up' });
      return;
    }
    this.#stopReason = `${readyUrl} was not ready within ${readyTimeoutSeconds} s: ${answer.reason}`;
    this.#surroundings.logger.warn(`giving up this start of ${this.configuration.name}`, { reason: this.#stopReason });
    this.#dispatch({ kind: 'startTimedOut' });
  }

  #watchHealth(): void {
    const ended = this.#stateEnd.signal;
    void watchHealth(this.pid, this.configuration.extra, ended).then((reason) => {
      if (reason === undefined) return;
      this.#stopReason = reason;
      this.#surroundings.logger.warn(`restarting ${this.configuration.name}`, { reason });
      this.#dispatch({ kind: 'restart' });
    });
  }

  #watchLogs(child: ChildProcess, pid: number): void {
    const ended = new AbortController();
    child.once('exit', () => ended.abort());
    for (const channel of ['stdout', 'stderr'] as const) {
      const path = this.logPaths[channel];
      if (path === undefined) continue;
      const { maximumBytes, backups } = this.configuration[channel];
      watchLogSize(
        { path, maximumBytes, backups },
        (work) => whileGroupIsPaused(pid, work),
        (error) => this.#surroundings.logger.error(`${path} cannot be rotated`, { error }),
        ended.signal,
      );
    }
  }

  #exited(status: number | null, signal: NodeJS.Signals | null): void {
    const { name, exitCodes } = this.configuration;
    const isExpected = status !== null && exitCodes.includes(status);
    const how = status === null ? `terminated by ${signal ?? 'a signal'}` : `exit status ${status}`;
    const wasStarting = this.state === 'STARTING';
    this.#child = undefined;
    this.#stoppedAt = Date.now();
    this.#exitStatus = wasStarting ? 0 : (status ?? -1);
    if (wasStarting) this.#spawnError = this.#stopReason ?? 'Exited too quickly (process log may have details)';
    else if (this.state === 'RUNNING' && !isExpected) this.#spawnError = `Bad exit code ${status ?? -1}`;
    this.#deaths.push({
      time: this.#stoppedAt,
      reason: this.#stopReason === undefined ? how : `${how}: ${this.#stopReason}`,
    });
    if (this.#deaths.length > keptDeaths) this.#deaths.shift();
    const { logger } = this.#surroundings;
    if (this.state === 'STOPPING') logger.info(`stopped: ${name} (${how})`);
    else if (isExpected && !wasStarting) logger.info(`exited: ${name} (${how}; expected)`);
    else logger.warn(`exited: ${name} (${how}; not expected)`);
    const ranMs = this.#upSince === undefined ? 0 : performance.now() - this.#upSince;
    this.#dispatch({ kind: 'exited', isExpected, ranMs });
  }

  #send(signal: number, toGroup: boolean): void {
    const { pid } = this;
    if (pid === 0) return;
    try {
      process.kill(toGroup ? -pid : pid, signal);
    } catch (error) {
      // Just gone: its exit event follows.
      if (systemCode(error) === 'ESRCH') return;
      this.#surroundings.logger.error(`${signalName(signal)} does not reach ${this.configuration.name} (${pid})`, { error });
      this.#dispatch({ kind: 'signalFailed' });
    }
  }
}
