import type { ChildProcess } from 'node:child_process';
import { messageOf, systemCode } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { crashDelayMs, failedStartDelayMs } from './back-off.ts';
import { clearPort } from './clear-port.ts';
import type { ProcessConfiguration } from './configuration/supervisor-configuration.ts';
import { locateCommand } from './locate-command.ts';
import { untilReady } from './probe-url.ts';
import { processLogs, type ProcessLogs } from './process-logs.ts';
import { emptyRecord, withExit, type ProcessRecord } from './process-record.ts';
import {
  neverStarted,
  transition,
  type Lifecycle,
  type ProcessEffect,
  type ProcessEvent,
  type ProcessState,
} from './process-state.ts';
import { signalName } from './signals.ts';
import { explainSpawnError, spawnProcess } from './spawn-process.ts';
import { watchHealth } from './watch-health.ts';

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

/** A process of the configuration over all its lives: it feeds the state table and does what the table asks for. */
export class ManagedProcess {
  readonly configuration: ProcessConfiguration;
  readonly groupName: string;
  readonly logs: ProcessLogs;
  readonly #surroundings: ProcessSurroundings;
  #lifecycle: Lifecycle = neverStarted;
  #child: ChildProcess | undefined;
  #record = emptyRecord;
  #upSince: number | undefined;
  /** Why it is being stopped, where that is not its user's wish. */
  #stopReason: string | undefined;
  /** Ends what belongs to the present state: timers, checks. */
  #stateEnd = new AbortController();
  #waiting: { readonly isMet: (state: ProcessState) => boolean; readonly resolve: () => void }[] = [];

  constructor(configuration: ProcessConfiguration, groupName: string, surroundings: ProcessSurroundings) {
    this.configuration = configuration;
    this.groupName = groupName;
    this.#surroundings = surroundings;
    const { childLogFolder, identifier, logger } = surroundings;
    this.logs = processLogs(configuration, childLogFolder, identifier, logger);
  }

  get state(): ProcessState {
    return this.#lifecycle.state;
  }

  /** 0 when there is none. */
  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get record(): ProcessRecord {
    return this.#record;
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

  #note(change: Partial<ProcessRecord>): void {
    this.#record = { ...this.#record, ...change };
  }

  #dispatch(event: ProcessEvent): void {
    const before = this.state;
    const { lifecycle, effects } = transition(this.#lifecycle, event, {
      autorestart: this.configuration.autorestart,
      startRetries: this.configuration.startRetries,
    });
    this.#lifecycle = lifecycle;
    if (lifecycle.state !== before) this.#entered(lifecycle.state, before);
    if (effects.includes('spawn') && event.kind !== 'start') this.#note({ restarts: this.#record.restarts + 1 });
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
        { afterMs: Date.now() - this.#record.startedAt },
      );
      this.#watchHealth();
    }
    if (state === 'FATAL') {
      this.#surroundings.logger.error(`gave up: ${name} entered FATAL state, too many start retries too quickly`, {
        reason: this.#record.spawnError,
        lastExit: this.#record.deaths.at(-1)?.reason,
        ...this.logs.end(),
      });
    }
    if (state === 'STOPPED' && before === 'BACKOFF') this.#note({ stoppedAt: Date.now() });
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
        this.#backOff(failedStartDelayMs, this.#lifecycle.failedStarts);
        return;
      case 'backOffCrash':
        this.#backOff(crashDelayMs, this.#lifecycle.crashes);
        return;
      default:
        effect satisfies never;
    }
  }

  #backOff(delayOf: typeof crashDelayMs, times: number): void {
    const delayMs = delayOf(times, this.configuration.extra.backOffMaximumSeconds * 1000, this.#surroundings.random());
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
    const { configuration, groupName } = this;
    const { readyUrl } = configuration.extra;
    const ended = this.#stateEnd.signal;
    this.#note({ startedAt: Date.now(), spawnError: '', exitStatus: 0 });
    this.#stopReason = undefined;
    const surroundings = { ...this.#surroundings, groupName };
    const holder = readyUrl === undefined ? undefined : await clearPort(readyUrl, configuration, surroundings);
    if (ended.aborted) {
      this.#spawnFailed('stopped before it was started');
      return;
    }
    if (holder !== undefined) {
      this.#spawnFailed(`${holder}: stop that process, or choose another port`);
      return;
    }
    let child: ChildProcess;
    try {
      child = spawnProcess(configuration, surroundings, this.logs.paths);
    } catch (error) {
      this.#spawnFailed(messageOf(error));
      return;
    }
    child.once('error', (error) => {
      if (child.pid === undefined) this.#spawnFailed(explainSpawnError(configuration, error));
    });
    // A child that does not read its input must not take the supervisor down.
    child.stdin?.on('error', () => undefined);
    if (child.pid === undefined) return;
    this.#child = child;
    child.once('exit', (status, signal) => this.#exited(status, signal));
    this.#surroundings.logger.info(`spawned: '${configuration.name}' with pid ${child.pid}`);
    const gone = new AbortController();
    child.once('exit', () => gone.abort());
    this.logs.watch(child.pid, gone.signal);
    if (readyUrl !== undefined) await this.#watchReadiness(readyUrl, ended);
    // At once means before its exit can be heard of: such a program may end at once and be well.
    else if (configuration.startSeconds <= 0) this.#dispatch({ kind: 'up' });
    else this.#after(configuration.startSeconds * 1000, { kind: 'up' });
  }

  #spawnFailed(reason: string): void {
    this.#note({ spawnError: reason, stoppedAt: Date.now() });
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

  #exited(status: number | null, signal: NodeJS.Signals | null): void {
    const { name, exitCodes } = this.configuration;
    const isExpected = status !== null && exitCodes.includes(status);
    const how = status === null ? `terminated by ${signal ?? 'a signal'}` : `exit status ${status}`;
    this.#child = undefined;
    this.#record = withExit(this.#record, {
      time: Date.now(),
      state: this.state,
      status,
      isExpected,
      how,
      ...(this.#stopReason === undefined ? {} : { stopReason: this.#stopReason }),
    });
    const { logger } = this.#surroundings;
    if (this.state === 'STOPPING') logger.info(`stopped: ${name} (${how})`);
    else if (this.state === 'RUNNING' && isExpected) logger.info(`exited: ${name} (${how}; expected)`);
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
      this.#surroundings.logger.error(`${signalName(signal)} does not reach ${this.configuration.name} (${pid})`, {
        error,
      });
      this.#dispatch({ kind: 'signalFailed' });
    }
  }
}
