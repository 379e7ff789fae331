import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AppError, errorCodes, type ErrorCode, type ErrorDetails } from '../core/errors.ts';
import { packageFolder } from '../core/home.ts';
import { isJsonObject } from '../core/json-object.ts';
import { encodeFrame, frameReader, type Frame } from './frames.ts';
import type { TaskTime } from '../core/task-time.ts';

/** Resident memory that a task may come to; a process over it is ended, and the server lives. */
const maxRssBytes = 300_000_000;
const heapMegabytes = 200;
/** How long a task waits for its turn and for the process. */
const startWithinMs = 30_000;
/** Most processor time that a start is counted with: on a slow machine too, the first task of a process has its time. */
const maxStartMs = 400;
/** How often the memory of a task under way is looked at. */
const lookEveryMs = 50;

/** On a busy machine a task gets this many times its deadline on the clock. */
const busyFactor = 4;
/** How long work waits that no caller waits for: for its turn and the process, and again on the clock for the task itself. */
const patienceMs = 600_000;
/** Linux counts processor time in hundredths of a second (USER_HZ). */
const tickMs = 10;

/** Bounds of one task. */
export interface TaskLimits {
  /**
   * Milliseconds of processor time of the task itself, where the system tells it, and four times as long on the clock; waiting
   * for its turn and for the process to start is bounded by the signal.
   */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
  /**
   * For what is stored and no caller waits for: a machine without a processor to spare makes it late, and not a message that is
   * found by its header alone. Waits minutes, on the clock, where others wait seconds; the processor time is bounded alike.
   */
  readonly isPatient?: boolean;
  /** What several tasks have together, and the starts of the process that they need; none may take more than is left. */
  readonly time?: TaskTime | undefined;
}

interface Running {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Resolves when it takes tasks; rejects when it ends before. */
  readonly ready: PromiseWithResolvers<void>;
  /** Whether it has had a task: the first one counts the start in the time of its call. */
  isUsed: boolean;
  /** Hears of the next frame, or of the end. */
  answer: PromiseWithResolvers<Frame> | undefined;
}

/** Beside the bundle when bundled (`dist/parser-process.js`), else the source. */
function programPath(): string {
  const url = import.meta.url.endsWith('.ts')
    ? new URL('../bin/parser-process.ts', import.meta.url)
    : new URL('./parser-process.js', import.meta.url);
  return fileURLToPath(url);
}

/** Bytes in memory of a process; 0 where the system does not say (then the heap's bound alone holds). */
function rssBytesOf(pid: number): number {
  try {
    const pages = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1];
    return Number(pages) * 4096;
  } catch {
    return 0;
  }
}

/** Milliseconds of processor time of a process so far (proc(5)); undefined where the system does not say. */
function processorMsOf(pid: number): number | undefined {
  try {
    // The name of the program, in brackets, may have spaces in it.
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    return Number.isFinite(ticks) ? ticks * tickMs : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A process of its own for what takes long or much memory on a stranger's bytes: started at the first task and kept, ended
 * and forgotten when a task goes over its bounds. A worker thread would not do: its running out of memory takes the
 * server along. One task at a time: more would only share the same cores.
 */
export class ParserProcess {
  #running: Running | undefined;
  #last: Promise<unknown> = Promise.resolve();
  /** Processor time that the last start took, as far as it is counted. */
  #startMs = 0;

  /** Resident memory of the process, for the figures; 0 while there is none. */
  get rssBytes(): number {
    return this.#running === undefined ? 0 : rssBytesOf(this.#running.pid);
  }

  /**
   * Has a task done. Throws `TOO_LARGE` when its time or memory is not enough, the error that the task threw, and the
   * signal's reason when it aborts.
   */
  async run(task: Frame, limits: TaskLimits): Promise<Frame> {
    const { signal, time, isPatient = false } = limits;
    const start = AbortSignal.timeout(isPatient ? patienceMs : startWithinMs);
    const waiting = signal === undefined ? start : AbortSignal.any([signal, start]);
    const before = this.#last;
    const turn = Promise.withResolvers<void>();
    this.#last = turn.promise;
    try {
      await untilOver(before, waiting);
      waiting.throwIfAborted();
      if (time?.leftAfter(this.#running === undefined ? this.#startMs : 0) === 0) throw tooMuch(longerThanCall);
      const running = (this.#running ??= this.#start());
      setReferenced(running.child, true);
      await untilOver(running.ready.promise, waiting);
      waiting.throwIfAborted();
      return unwrapped(await this.#ask(running, task, limits));
    } catch (error) {
      if (error !== start.reason) throw error;
      throw new AppError('UNAVAILABLE', 'The parser process is busy or does not start.', { hint: 'Try again.' }, error);
    } finally {
      if (this.#running !== undefined) setReferenced(this.#running.child, false);
      // The next one waits for all that came before, also where this one gave up waiting.
      void before.then(() => turn.resolve());
    }
  }

  /** Ends the process. */
  stop(): void {
    this.#running?.child.kill('SIGKILL');
    this.#running = undefined;
  }

  async #ask(running: Running, task: Frame, limits: TaskLimits): Promise<Frame> {
    const { deadlineMs: mostMs, signal, time, isPatient = false } = limits;
    const startMs = processorMsOf(running.pid);
    if (!running.isUsed) {
      running.isUsed = true;
      this.#startMs = Math.min(startMs ?? 0, maxStartMs);
      time?.spendPreparing(this.#startMs);
    }
    const deadlineMs = Math.min(mostMs, time?.leftMs ?? mostMs);
    if (deadlineMs === 0) throw tooMuch(longerThanCall);
    let spentMs = 0;
    const countSpent = (): number => {
      // A process that has ended has none any more.
      spentMs = Math.max(spentMs, (processorMsOf(running.pid) ?? 0) - (startMs ?? 0));
      return spentMs;
    };
    const onClockMs = Math.max(deadlineMs * busyFactor, isPatient ? patienceMs : 0);
    const deadline = AbortSignal.timeout(startMs === undefined ? deadlineMs : onClockMs);
    const stop = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
    const answer = Promise.withResolvers<Frame>();
    running.answer = answer;
    const giveUp = (): void => {
      this.stop();
      answer.reject(stop.reason);
    };
    stop.addEventListener('abort', giveUp, { once: true });
    const watch = setInterval(() => {
      const isTooLarge = rssBytesOf(running.pid) > maxRssBytes;
      if (!isTooLarge && countSpent() <= deadlineMs) return;
      this.stop();
      answer.reject(tooMuch(isTooLarge ? `needs more than ${maxRssBytes / 1e6} MB` : longerThan(deadlineMs)));
    }, lookEveryMs);
    try {
      for (const piece of encodeFrame(task)) running.child.stdin?.write(piece);
      return await answer.promise;
    } catch (error) {
      if (error !== deadline.reason) throw error;
      throw tooMuch(longerThan(deadlineMs), error);
    } finally {
      clearInterval(watch);
      time?.spend(Math.max(countSpent(), tickMs));
      stop.removeEventListener('abort', giveUp);
      running.answer = undefined;
    }
  }

  #start(): Running {
    // It needs nothing of this machine but its own program: no files, no children, none of the server's secrets.
    const flags = [
      `--max-old-space-size=${heapMegabytes}`,
      '--max-semi-space-size=8',
      '--permission',
      `--allow-fs-read=${packageFolder()}/*`,
    ];
    const { NODE_OPTIONS = '', TZ = '' } = process.env;
    const child = spawn(process.execPath, [...flags, programPath()], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { NODE_OPTIONS, TZ },
    });
    const ready = Promise.withResolvers<void>();
    // Whoever waits hears of it; nobody has to.
    ready.promise.catch(() => undefined);
    const running: Running = { child, pid: child.pid ?? 0, ready, isUsed: false, answer: undefined };
    const ended = (reason: AppError): void => {
      if (this.#running === running) this.#running = undefined;
      ready.reject(reason);
      running.answer?.reject(reason);
    };
    child.once('error', (error) => {
      ended(new AppError('UNAVAILABLE', 'The parser process cannot be started.', {}, error));
    });
    child.once('exit', (code, killedBy) => {
      // Out of memory aborts a process of Node.js (SIGABRT, or 134 from a shell's point of view).
      const isMemory = killedBy === 'SIGABRT' || killedBy === 'SIGTRAP' || code === 134 || code === 133;
      const how = isMemory ? `needs more than ${heapMegabytes} MB` : `ended its parser (${killedBy ?? code})`;
      ended(tooMuch(how));
    });
    // A process that is gone does not read any more; its exit says why.
    child.stdin?.on('error', () => undefined);
    const read = frameReader((frame) => {
      // The first one says that it is ready.
      if (running.answer === undefined) ready.resolve();
      else running.answer.resolve(frame);
    });
    child.stdout?.on('data', (chunk: Buffer) => {
      try {
        read(chunk);
      } catch (error) {
        running.answer?.reject(error);
        this.stop();
      }
    });
    setReferenced(child, false);
    return running;
  }
}

const longerThanCall = 'takes longer than its call may';

function longerThan(deadlineMs: number): string {
  return `takes longer than ${deadlineMs / 1000} seconds`;
}

function tooMuch(what: string, cause?: unknown): AppError {
  const hint = 'Its bytes can still be had: over MCP as the resource gmail://messages/ID/attachments/a1, or over REST.';
  return new AppError('TOO_LARGE', `Reading this ${what}.`, { hint }, cause);
}

/** Whether the process and its pipes keep this one alive. */
function setReferenced(child: ChildProcess, isReferenced: boolean): void {
  for (const part of [child, child.stdin, child.stdout]) {
    if (part === null) continue;
    if (isReferenced && 'ref' in part && typeof part.ref === 'function') part.ref();
    if (!isReferenced && 'unref' in part && typeof part.unref === 'function') part.unref();
  }
}

/** Resolves when the tasks before are over, or the caller has given up. */
function untilOver(before: Promise<unknown>, stop: AbortSignal): Promise<unknown> {
  return Promise.race([
    before,
    new Promise((resolve) => {
      if (stop.aborted) resolve(undefined);
      else stop.addEventListener('abort', resolve, { once: true });
    }),
  ]);
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorCodes, code);
}

/** What a task gave, or its error thrown here. */
function unwrapped(frame: Frame): Frame {
  const { header } = frame;
  if (!isJsonObject(header) || !('error' in header)) return frame;
  const { error } = header;
  if (!isJsonObject(error)) throw new TypeError('the parser process told an error without facts');
  const details: ErrorDetails = isJsonObject(error.details) ? { ...error.details } : {};
  throw new AppError(isErrorCode(error.code) ? error.code : 'INTERNAL', String(error.message), details);
}

/** The parser process of this server, shared by all its calls. */
export const parserProcess = new ParserProcess();
