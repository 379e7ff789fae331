import { messageOf, systemCode } from '../../core/errors.ts';
import { crashDelayMs, failedStartDelayMs } from './back-off.ts';
import type { ProcessConfiguration } from '../configuration/supervisor-configuration.ts';
import type { Launched } from './launch-process.ts';
import { RollingRestart, type Replacement } from './rolling-restart.ts';
import { ProcessLauncher, type ProcessContext } from './process-launcher.ts';
import { probeUrl, untilReady } from './probe-url.ts';
import type { LedgerEntry } from '../files/process-ledger.ts';
import { processLogs, type ProcessLogs } from '../logs/process-logs.ts';
import { emptyRecord, withDeath, withExit, type ProcessRecord } from './process-record.ts';
import {
  neverStarted,
  transition,
  type Lifecycle,
  type ProcessEffect,
  type ProcessEvent,
  type ProcessState,
} from './process-state.ts';
import type { Ending } from './running-process.ts';
import { signalName } from './signals.ts';
import { StateSpan } from './state-span.ts';
import { watchHealth } from './watch-health.ts';

/** A process that takes longer to tell its pid is restarted without overlap. */
const tellPidWithinMs = 1_000;
/** Between two questions to a program that waits for something. */
const waitingPauseMs = 1_000;

/** A process of the configuration over all its lives: it feeds the state table and does what the table asks for. */
export class ManagedProcess {
  readonly configuration: ProcessConfiguration;
  readonly groupName: string;
  readonly logs: ProcessLogs;
  readonly #context: ProcessContext;
  #lifecycle: Lifecycle = neverStarted;
  readonly #launcher: ProcessLauncher;
  #current: Launched | undefined;
  readonly #rollingRestart: RollingRestart;
  /** Left by an earlier supervisor, to be adopted instead of a start. */
  #leftover: LedgerEntry | undefined;
  #record = emptyRecord;
  /** Why it is being stopped, where that is not its user's request. */
  #stopReason: string | undefined;
  readonly #span = new StateSpan();
  #waiting: { readonly isMet: (state: ProcessState) => boolean; readonly resolve: () => void }[] = [];

  constructor(configuration: ProcessConfiguration, groupName: string, context: ProcessContext) {
    this.configuration = configuration;
    this.groupName = groupName;
    this.#context = context;
    const { childLogFolder, identifier, logger } = context;
    this.logs = processLogs(configuration, childLogFolder, identifier, logger);
    this.#launcher = new ProcessLauncher({
      configuration,
      groupName,
      context,
      logs: this.logs,
      onEnded: (launched, ending) => {
        if (launched === this.#current) this.#exited(ending);
      },
    });
    this.#rollingRestart = new RollingRestart({
      configuration,
      ledger: context.ledger,
      logger,
      launch: () => this.#launcher.launch('successor'),
      onReady: () => this.#dispatch({ kind: 'successorUp' }),
      onFailed: (reason) => this.#successorFailed(reason),
      onRetired: (reason) => {
        this.#record = withDeath(this.#record, { time: Date.now(), reason });
      },
    });
  }

  get state(): ProcessState {
    return this.#lifecycle.state;
  }

  /** 0 when there is none. */
  get pid(): number {
    return this.#current?.process.pid ?? 0;
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
    this.#launcher.checkCommand();
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
    this.#rollingRestart.killRetiring();
  }

  /** Starts with a process that an earlier supervisor has left, which has to have an identity, instead of a new one. */
  adopt(leftover: LedgerEntry): void {
    this.#leftover = leftover;
    this.start();
  }

  /**
   * Lets a second process take over: resolves when that is ready and the one before is gone. `unhealthyReason` is why, where that is
   * not its user's request.
   */
  async replace(unhealthyReason?: string): Promise<Replacement> {
    if (!this.#rollingRestart.isRequested && !(await this.#canBeReplaced())) return { kind: 'impossible' };
    const outcome = this.#rollingRestart.request(unhealthyReason);
    this.#dispatch({ kind: 'replace' });
    return outcome;
  }

  /** Resolves when processes that were replaced are gone. */
  retired(): Promise<void> {
    return this.#rollingRestart.retired();
  }

  /** Lets go of what is held for a process that is at rest. */
  release(): void {
    this.#launcher.release();
  }

  /** Sends a signal that is not meant to end it. Throws the system's error. */
  signal(number: number): void {
    this.#current?.process.send(number, false);
  }

  /** Writes to its standard input; false where that is closed. */
  writeInput(text: string): boolean {
    const input = this.#current?.process.input;
    if (input === undefined || !input.writable) return false;
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
    this.#span.next();
    if (state === 'RUNNING') {
      this.#context.logger.info(
        extra.readyUrl === undefined
          ? `success: ${name} entered RUNNING state, process has stayed up for > than ${startSeconds} seconds (startsecs)`
          : `success: ${name} entered RUNNING state, ${this.#record.waitsFor === '' ? 'it is ready' : 'and waits'}`,
        { afterMs: Date.now() - this.#record.startedAt },
      );
      this.#watchHealth();
    }
    if (state === 'FATAL') {
      this.#context.logger.error(`gave up: ${name} entered FATAL state, too many start retries too quickly`, {
        reason: this.#record.spawnError,
        lastExit: this.#record.deaths.at(-1)?.reason,
        ...this.logs.end(),
      });
    }
    if (state === 'STOPPED' || state === 'EXITED' || state === 'FATAL') this.#launcher.releaseSoon();
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
          this.#context.logger.warn(`killing '${this.configuration.name}' (${this.pid}) with SIGKILL`);
        }
        this.#send(9, this.configuration.killAsGroup);
        return;
      case 'backOffFailedStart':
        this.#backOff(failedStartDelayMs, this.#lifecycle.failedStarts);
        return;
      case 'backOffCrash':
        this.#backOff(crashDelayMs, this.#lifecycle.crashes);
        return;
      case 'spawnSuccessor':
        if (this.configuration.extra.readyUrl !== undefined)
          void this.#rollingRestart.start(this.configuration.extra.readyUrl);
        return;
      case 'takeOver':
        this.#takeOver();
        return;
      case 'promoteSuccessor':
        this.#promoteSuccessor();
        return;
      case 'dropSuccessor':
        this.#rollingRestart.drop('not wanted any more');
        this.#rollingRestart.settle({ kind: 'superseded' });
        return;
      default:
        effect satisfies never;
    }
  }

  #backOff(delayOf: typeof crashDelayMs, times: number): void {
    const delayMs = delayOf(times, this.configuration.extra.backOffMaximumSeconds * 1000, this.#context.random());
    if (delayMs === 0) {
      this.#dispatch({ kind: 'backOffOver' });
      return;
    }
    this.#context.logger.info(`waiting to start ${this.configuration.name} again`, { delayMs });
    this.#after(delayMs, { kind: 'backOffOver' });
  }

  /** Lets `event` happen after a while, unless the state has changed by then. */
  #after(delayMs: number, event: ProcessEvent): void {
    this.#span.after(delayMs, () => this.#dispatch(event));
  }

  async #spawn(): Promise<void> {
    const leftover = this.#leftover;
    this.#leftover = undefined;
    const ended = this.#span.signal;
    this.#note({ startedAt: leftover?.startedAt ?? Date.now(), spawnError: '', waitsFor: '', exitStatus: 0 });
    this.#stopReason = undefined;
    if (leftover?.identity !== undefined) {
      this.#current = this.#launcher.adopt(leftover.identity, leftover);
      const problem = await this.#launcher.takeAddress(true);
      if (problem !== undefined) {
        this.#context.logger.warn(`${this.configuration.name} cannot be restarted without a gap: ${problem}`);
      }
      if (!ended.aborted) this.#watchStart();
      return;
    }
    const problem = await this.#launcher.takeAddress(false);
    if (ended.aborted || problem !== undefined) {
      this.#spawnFailed(problem ?? 'stopped before it was started');
      return;
    }
    try {
      const launched = this.#launcher.launch('current');
      if (launched instanceof Promise) {
        this.#spawnFailed(await launched);
        return;
      }
      this.#current = launched;
      this.#watchStart();
    } catch (error) {
      this.#spawnFailed(messageOf(error));
    }
  }

  /** Waits for `up`, in whatever way this program shows it. */
  #watchStart(): void {
    const { startSeconds, extra } = this.configuration;
    const ranMs = Date.now() - this.#record.startedAt;
    if (extra.readyUrl !== undefined) void this.#watchReadiness(extra.readyUrl, this.#span.signal);
    // At once means before its exit can be heard of: such a program may end at once and be well.
    else if (startSeconds <= 0) this.#dispatch({ kind: 'up' });
    else this.#after(Math.max(0, startSeconds * 1000 - ranMs), { kind: 'up' });
  }

  #spawnFailed(reason: string): void {
    this.#note({ spawnError: reason, stoppedAt: Date.now() });
    this.#context.logger.warn(`spawnerr: ${reason}`, { program: this.configuration.name });
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
    if (answer.isWaiting) {
      this.#letWait(readyUrl, `it is not ready after ${readyTimeoutSeconds} s, and waits: ${answer.reason}`);
      return;
    }
    this.#stopReason = `${readyUrl} was not ready within ${readyTimeoutSeconds} s: ${answer.reason}`;
    this.#context.logger.warn(`giving up this start of ${this.configuration.name}`, { reason: this.#stopReason });
    this.#dispatch({ kind: 'startTimedOut' });
  }

  /** Counts a program as up that will be ready by itself: another start would have to wait for the same. */
  #letWait(readyUrl: string, waitsFor: string): void {
    const { name } = this.configuration;
    this.#note({ waitsFor });
    this.#context.logger.warn(`${name}: ${waitsFor}`);
    this.#dispatch({ kind: 'up' });
    void untilReady(readyUrl, Infinity, this.#span.signal, { pauseMs: waitingPauseMs }).then((answer) => {
      if (answer === undefined) return;
      this.#note({ waitsFor: '' });
      this.#context.logger.info(`${name} is ready`);
    });
  }

  #watchHealth(): void {
    const ended = this.#span.signal;
    void watchHealth(this.pid, this.configuration.extra, ended).then(async (unhealthyReason) => {
      if (unhealthyReason === undefined) return;
      const { reason, isHung } = unhealthyReason;
      this.#context.logger.warn(`restarting ${this.configuration.name}`, { reason });
      const replacement: Replacement = isHung ? { kind: 'impossible' } : await this.replace(reason);
      if (ended.aborted) return;
      if (replacement.kind === 'failed') this.#watchHealth();
      if (replacement.kind !== 'impossible') return;
      this.#stopReason = reason;
      this.#dispatch({ kind: isHung ? 'hung' : 'restart' });
    });
  }

  async #canBeReplaced(): Promise<boolean> {
    const { readyUrl } = this.configuration.extra;
    const { pid } = this;
    if (this.state !== 'RUNNING' || readyUrl === undefined || !this.#launcher.isHolding) return false;
    const answer = await probeUrl(readyUrl, tellPidWithinMs, this.#span.signal);
    return answer.pid === pid && this.pid === pid && this.state === 'RUNNING';
  }

  #successorFailed(reason: string): void {
    const { name } = this.configuration;
    this.#context.logger.error(`${name} goes on as pid ${this.pid}: ${reason}`, { ...this.logs.end() });
    this.#dispatch({ kind: 'successorFailed' });
    this.#rollingRestart.settle({ kind: 'failed', reason });
  }

  #makeCurrent(successor: Launched): void {
    this.#current = successor;
    this.#note({ startedAt: successor.entry.startedAt, spawnError: '', waitsFor: '', exitStatus: 0 });
  }

  #takeOver(): void {
    const before = this.#current;
    const successor = this.#rollingRestart.take();
    if (before === undefined || successor === undefined) return;
    this.#makeCurrent(successor);
    this.#context.logger.info(`success: ${this.configuration.name} is pid ${this.pid} now, it is ready`);
    this.#span.next();
    this.#watchHealth();
    const unhealthyReason = this.#rollingRestart.finish(before, this.pid);
    if (unhealthyReason !== undefined) this.#note({ restarts: this.#record.restarts + 1 });
  }

  #promoteSuccessor(): void {
    const successor = this.#rollingRestart.take();
    this.#rollingRestart.settle({ kind: 'superseded' });
    if (successor === undefined) {
      this.#dispatch({ kind: 'spawnFailed' });
      return;
    }
    this.#makeCurrent(successor);
    this.#watchStart();
  }

  #exited({ status, how }: Ending): void {
    const { name, exitCodes } = this.configuration;
    const isExpected = status !== null && exitCodes.includes(status);
    this.#current = undefined;
    this.#record = withExit(this.#record, {
      time: Date.now(),
      state: this.state,
      status,
      isExpected,
      how,
      ...(this.#stopReason === undefined ? {} : { stopReason: this.#stopReason }),
    });
    const { logger } = this.#context;
    if (this.state === 'STOPPING') logger.info(`stopped: ${name} (${how})`);
    else if (this.state === 'RUNNING' && isExpected) logger.info(`exited: ${name} (${how}; expected)`);
    else logger.warn(`exited: ${name} (${how}; not expected)`);
    const ranMs = this.state === 'RUNNING' ? this.#span.lastedMs : 0;
    this.#dispatch({ kind: 'exited', isExpected, ranMs });
  }

  #send(signal: number, toGroup: boolean): void {
    const { pid } = this;
    try {
      this.#current?.process.send(signal, toGroup);
    } catch (error) {
      // Just gone: its exit event follows.
      if (systemCode(error) === 'ESRCH') return;
      this.#context.logger.error(`${signalName(signal)} does not reach ${this.configuration.name} (${pid})`, {
        error,
      });
      this.#dispatch({ kind: 'signalFailed' });
    }
  }
}
