/** supervisord's process states with the codes that go over the wire (its states.py). */
export const processStates = {
  STOPPED: 0,
  STARTING: 10,
  RUNNING: 20,
  BACKOFF: 30,
  STOPPING: 40,
  EXITED: 100,
  FATAL: 200,
  UNKNOWN: 1000,
} as const;
export type ProcessState = keyof typeof processStates;

/** What is true of a process apart from its pid: the state it is in, the one it should be in, and how often it failed. */
export interface Lifecycle {
  readonly state: ProcessState;
  readonly wanted: 'up' | 'down';
  /** Starts in a row that did not get to RUNNING. */
  readonly failedStarts: number;
  /** Deaths out of RUNNING that are not forgiven yet; not a whole number, as time forgives them bit by bit. */
  readonly crashes: number;
  /** Whether a second process is on its way to take over from the running one. */
  readonly isReplacing: boolean;
}

/** What can happen to a process. */
export type ProcessEvent =
  | { readonly kind: 'start' }
  | { readonly kind: 'stop' }
  /** Stop, then start again. */
  | { readonly kind: 'restart' }
  /** Let a second process take over from the running one; what does not run is restarted. */
  | { readonly kind: 'replace' }
  /** The second process is ready. */
  | { readonly kind: 'successorUp' }
  /** The second process did not get ready. */
  | { readonly kind: 'successorFailed' }
  /** It does not hear anything any more: kill it, then start again. */
  | { readonly kind: 'hung' }
  | { readonly kind: 'spawnFailed' }
  /** It has answered its readiness check, or outlived startsecs where it has none. */
  | { readonly kind: 'up' }
  | { readonly kind: 'startTimedOut' }
  /** `ranMs` is counted from RUNNING; 0 when it never got there. */
  | { readonly kind: 'exited'; readonly isExpected: boolean; readonly ranMs: number }
  | { readonly kind: 'backOffOver' }
  | { readonly kind: 'stopTimedOut' }
  | { readonly kind: 'signalFailed' };
export type ProcessEventKind = ProcessEvent['kind'];

/**
 * What the owner of the process has to do, in this order. `spawn` includes watching for `up`; `signalStop` sends the stop
 * signal and starts the wait for `stopTimedOut`; a back-off ends in `backOffOver`. `spawnSuccessor` ends in `successorUp`
 * or `successorFailed`; then `takeOver` makes the successor the process and stops the one before, `promoteSuccessor` makes
 * it the process that is starting, as the one before is gone, and `dropSuccessor` stops it.
 */
export type ProcessEffect =
  | 'spawn'
  | 'signalStop'
  | 'signalKill'
  | 'backOffFailedStart'
  | 'backOffCrash'
  | 'spawnSuccessor'
  | 'takeOver'
  | 'promoteSuccessor'
  | 'dropSuccessor';

export interface Policy {
  readonly autorestart: 'always' | 'unexpected' | 'never';
  readonly startRetries: number;
}

export interface Transition {
  readonly lifecycle: Lifecycle;
  readonly effects: readonly ProcessEffect[];
}

/** So long a run takes back one crash: a process that dies once in a while restarts at once, a crash loop does not. */
export const forgivenessMs = 3_000;

/** A process that was never started. */
export const neverStarted: Lifecycle = {
  state: 'STOPPED',
  wanted: 'down',
  failedStarts: 0,
  crashes: 0,
  isReplacing: false,
};

type Cell<K extends ProcessEventKind> = (
  lifecycle: Lifecycle,
  event: Extract<ProcessEvent, { kind: K }>,
  policy: Policy,
) => Transition;
type Table = Readonly<Record<ProcessState, { readonly [K in ProcessEventKind]: Cell<K> }>>;

const to =
  (change: Partial<Lifecycle>, ...effects: readonly ProcessEffect[]) =>
  (lifecycle: Lifecycle): Transition => ({ lifecycle: { ...lifecycle, ...change }, effects });

/** A late event of an earlier life: nothing changes. */
const ignore = to({});
const wantUp = to({ wanted: 'up' });
const wantDown = to({ wanted: 'down' });
const startAfresh = to({ state: 'STARTING', wanted: 'up', failedStarts: 0, crashes: 0 }, 'spawn');
const startAgain = to({ state: 'STARTING', wanted: 'up' }, 'spawn');
const stop = to({ state: 'STOPPING', wanted: 'down' }, 'signalStop');
const stopToRestart = to({ state: 'STOPPING', wanted: 'up' }, 'signalStop');
const killToRestart = to({ state: 'STOPPING', wanted: 'up' }, 'signalKill');

/** A cell of RUNNING that ends what is replacing the process, too. */
const alone =
  (cell: (lifecycle: Lifecycle) => Transition) =>
  (lifecycle: Lifecycle): Transition => {
    if (!lifecycle.isReplacing) return cell(lifecycle);
    const { lifecycle: after, effects } = cell({ ...lifecycle, isReplacing: false });
    return { lifecycle: after, effects: ['dropSuccessor', ...effects] };
  };
const kill = to({}, 'signalKill');
const toUnknown = to({ state: 'UNKNOWN' });

function failedStart(lifecycle: Lifecycle, _event: ProcessEvent, policy: Policy): Transition {
  const failedStarts = lifecycle.failedStarts + 1;
  return failedStarts > policy.startRetries
    ? to({ state: 'FATAL', wanted: 'down', failedStarts: 0 })(lifecycle)
    : to({ state: 'BACKOFF', failedStarts }, 'backOffFailedStart')(lifecycle);
}

function exitedWhileRunning(
  lifecycle: Lifecycle,
  { isExpected, ranMs }: Extract<ProcessEvent, { kind: 'exited' }>,
  { autorestart }: Policy,
): Transition {
  if (lifecycle.isReplacing) return to({ state: 'STARTING', isReplacing: false }, 'promoteSuccessor')(lifecycle);
  if (autorestart === 'never' || (autorestart === 'unexpected' && isExpected)) {
    return to({ state: 'EXITED', wanted: 'down', crashes: 0 })(lifecycle);
  }
  const crashes = Math.max(0, lifecycle.crashes - ranMs / forgivenessMs) + 1;
  return to({ state: 'BACKOFF', crashes }, 'backOffCrash')(lifecycle);
}

/** The process is gone, as it should be; it comes back where a start was asked for in the meantime. */
const stopped = (lifecycle: Lifecycle): Transition =>
  lifecycle.wanted === 'up' ? startAfresh(lifecycle) : to({ state: 'STOPPED' })(lifecycle);

const atRest = {
  start: startAfresh,
  stop: wantDown,
  restart: startAfresh,
  replace: startAfresh,
  successorUp: ignore,
  successorFailed: ignore,
  hung: ignore,
  spawnFailed: ignore,
  up: ignore,
  startTimedOut: ignore,
  exited: ignore,
  backOffOver: ignore,
  stopTimedOut: ignore,
  signalFailed: ignore,
} satisfies Table['STOPPED'];

/** Every state and every event: there is no cell that is not thought of. */
const table: Table = {
  STOPPED: atRest,
  EXITED: atRest,
  FATAL: atRest,
  STARTING: {
    start: wantUp,
    stop,
    restart: stopToRestart,
    replace: stopToRestart,
    successorUp: ignore,
    successorFailed: ignore,
    hung: ignore,
    spawnFailed: failedStart,
    up: to({ state: 'RUNNING', failedStarts: 0 }),
    // It keeps its state until it is gone: its end is one more start that failed.
    startTimedOut: to({}, 'signalStop'),
    exited: failedStart,
    backOffOver: ignore,
    stopTimedOut: kill,
    signalFailed: toUnknown,
  },
  RUNNING: {
    start: wantUp,
    stop: alone(stop),
    restart: alone(stopToRestart),
    replace: (lifecycle) =>
      lifecycle.isReplacing ? ignore(lifecycle) : to({ isReplacing: true }, 'spawnSuccessor')(lifecycle),
    successorUp: (lifecycle) =>
      lifecycle.isReplacing ? to({ isReplacing: false }, 'takeOver')(lifecycle) : ignore(lifecycle),
    successorFailed: to({ isReplacing: false }),
    hung: alone(killToRestart),
    spawnFailed: ignore,
    up: ignore,
    startTimedOut: ignore,
    exited: exitedWhileRunning,
    backOffOver: ignore,
    stopTimedOut: ignore,
    signalFailed: ignore,
  },
  BACKOFF: {
    start: wantUp,
    stop: to({ state: 'STOPPED', wanted: 'down', failedStarts: 0, crashes: 0 }),
    restart: startAgain,
    replace: startAgain,
    successorUp: ignore,
    successorFailed: ignore,
    hung: ignore,
    spawnFailed: ignore,
    up: ignore,
    startTimedOut: ignore,
    exited: ignore,
    backOffOver: startAgain,
    stopTimedOut: ignore,
    signalFailed: ignore,
  },
  STOPPING: {
    start: wantUp,
    stop: wantDown,
    restart: wantUp,
    replace: wantUp,
    successorUp: ignore,
    successorFailed: ignore,
    hung: ignore,
    spawnFailed: stopped,
    up: ignore,
    startTimedOut: ignore,
    exited: stopped,
    backOffOver: ignore,
    stopTimedOut: kill,
    signalFailed: toUnknown,
  },
  UNKNOWN: {
    start: ignore,
    stop,
    restart: stopToRestart,
    replace: stopToRestart,
    successorUp: ignore,
    successorFailed: ignore,
    hung: ignore,
    spawnFailed: ignore,
    up: ignore,
    startTimedOut: ignore,
    exited: stopped,
    backOffOver: ignore,
    stopTimedOut: kill,
    signalFailed: ignore,
  },
};

/** What becomes of a process when `event` happens to it, and what has to be done. Pure. */
export function transition<K extends ProcessEventKind>(
  lifecycle: Lifecycle,
  event: Extract<ProcessEvent, { kind: K }> & { readonly kind: K },
  policy: Policy,
): Transition {
  const cell: Cell<K> = table[lifecycle.state][event.kind];
  return cell(lifecycle, event, policy);
}
