import assert from 'node:assert/strict';
import test from 'node:test';
import { crashDelayMs, failedStartDelayMs } from '../../src/supervisor/process/back-off.ts';
import {
  forgivenessMs,
  processStates,
  transition,
  type Lifecycle,
  type Policy,
  type ProcessEvent,
  type ProcessState,
} from '../../src/supervisor/process/process-state.ts';

const policy: Policy = { autorestart: 'unexpected', startRetries: 3 };
const events = {
  start: { kind: 'start' },
  stop: { kind: 'stop' },
  restart: { kind: 'restart' },
  replace: { kind: 'replace' },
  successorUp: { kind: 'successorUp' },
  successorFailed: { kind: 'successorFailed' },
  hung: { kind: 'hung' },
  spawnFailed: { kind: 'spawnFailed' },
  up: { kind: 'up' },
  startTimedOut: { kind: 'startTimedOut' },
  exited: { kind: 'exited', isExpected: false, ranMs: 0 },
  backOffOver: { kind: 'backOffOver' },
  stopTimedOut: { kind: 'stopTimedOut' },
  signalFailed: { kind: 'signalFailed' },
} as const satisfies { [K in ProcessEvent['kind']]: Extract<ProcessEvent, { kind: K }> };
type EventName = keyof typeof events;

/** State after, wanted after, effects; `-` is what a late event does: nothing. The process was wanted up before. */
const matrix: Record<ProcessState, Record<EventName, string>> = {
  STOPPED: {
    start: 'STARTING up spawn',
    stop: 'STOPPED down',
    restart: 'STARTING up spawn',
    replace: 'STARTING up spawn',
    successorUp: '-',
    successorFailed: '-',
    hung: '-',
    spawnFailed: '-',
    up: '-',
    startTimedOut: '-',
    exited: '-',
    backOffOver: '-',
    stopTimedOut: '-',
    signalFailed: '-',
  },
  STARTING: {
    start: '-',
    stop: 'STOPPING down signalStop',
    restart: 'STOPPING up signalStop',
    replace: 'STOPPING up signalStop',
    successorUp: '-',
    successorFailed: '-',
    hung: '-',
    spawnFailed: 'BACKOFF up backOffFailedStart',
    up: 'RUNNING up',
    startTimedOut: 'STARTING up signalStop',
    exited: 'BACKOFF up backOffFailedStart',
    backOffOver: '-',
    stopTimedOut: 'STARTING up signalKill',
    signalFailed: 'UNKNOWN up',
  },
  RUNNING: {
    start: '-',
    stop: 'STOPPING down signalStop',
    restart: 'STOPPING up signalStop',
    replace: 'RUNNING up spawnSuccessor',
    successorUp: '-',
    successorFailed: '-',
    hung: 'STOPPING up signalKill',
    spawnFailed: '-',
    up: '-',
    startTimedOut: '-',
    exited: 'BACKOFF up backOffCrash',
    backOffOver: '-',
    stopTimedOut: '-',
    signalFailed: '-',
  },
  BACKOFF: {
    start: '-',
    stop: 'STOPPED down',
    restart: 'STARTING up spawn',
    replace: 'STARTING up spawn',
    successorUp: '-',
    successorFailed: '-',
    hung: '-',
    spawnFailed: '-',
    up: '-',
    startTimedOut: '-',
    exited: '-',
    backOffOver: 'STARTING up spawn',
    stopTimedOut: '-',
    signalFailed: '-',
  },
  STOPPING: {
    start: '-',
    stop: 'STOPPING down',
    restart: '-',
    replace: '-',
    successorUp: '-',
    successorFailed: '-',
    hung: '-',
    spawnFailed: 'STARTING up spawn',
    up: '-',
    startTimedOut: '-',
    exited: 'STARTING up spawn',
    backOffOver: '-',
    stopTimedOut: 'STOPPING up signalKill',
    signalFailed: 'UNKNOWN up',
  },
  EXITED: {
    start: 'STARTING up spawn',
    stop: 'EXITED down',
    restart: 'STARTING up spawn',
    replace: 'STARTING up spawn',
    successorUp: '-',
    successorFailed: '-',
    hung: '-',
    spawnFailed: '-',
    up: '-',
    startTimedOut: '-',
    exited: '-',
    backOffOver: '-',
    stopTimedOut: '-',
    signalFailed: '-',
  },
  FATAL: {
    start: 'STARTING up spawn',
    stop: 'FATAL down',
    restart: 'STARTING up spawn',
    replace: 'STARTING up spawn',
    successorUp: '-',
    successorFailed: '-',
    hung: '-',
    spawnFailed: '-',
    up: '-',
    startTimedOut: '-',
    exited: '-',
    backOffOver: '-',
    stopTimedOut: '-',
    signalFailed: '-',
  },
  UNKNOWN: {
    start: '-',
    stop: 'STOPPING down signalStop',
    restart: 'STOPPING up signalStop',
    replace: 'STOPPING up signalStop',
    successorUp: '-',
    successorFailed: '-',
    hung: '-',
    spawnFailed: '-',
    up: '-',
    startTimedOut: '-',
    exited: 'STARTING up spawn',
    backOffOver: '-',
    stopTimedOut: 'UNKNOWN up signalKill',
    signalFailed: '-',
  },
};

const alive = (state: ProcessState, change: Partial<Lifecycle> = {}): Lifecycle => ({
  state,
  wanted: 'up',
  failedStarts: 0,
  crashes: 0,
  isReplacing: false,
  ...change,
});
const states = Object.keys(processStates) as ProcessState[];

for (const state of states) {
  test(`every event in ${state} does what the table says`, () => {
    for (const [name, event] of Object.entries(events)) {
      const expected = matrix[state][name as EventName];
      const { lifecycle, effects } = transition(alive(state), event, policy);
      const got = [lifecycle.state, lifecycle.wanted, ...effects].join(' ');
      assert.equal(got, expected === '-' ? `${state} up` : expected, `${state} × ${name}`);
    }
  });
}

test('every event in RUNNING, while a second process is to take over, does what the table says', () => {
  const changed: Partial<Record<EventName, string>> = {
    stop: 'STOPPING down dropSuccessor signalStop',
    restart: 'STOPPING up dropSuccessor signalStop',
    successorUp: 'RUNNING up takeOver',
    successorFailed: 'RUNNING up',
    hung: 'STOPPING up dropSuccessor signalKill',
    exited: 'STARTING up promoteSuccessor',
  };
  for (const [name, event] of Object.entries(events)) {
    const { lifecycle, effects } = transition(alive('RUNNING', { isReplacing: true }), event, policy);
    const expected = changed[name as EventName];
    assert.equal([lifecycle.state, lifecycle.wanted, ...effects].join(' '), expected ?? 'RUNNING up', name);
    assert.equal(lifecycle.isReplacing, expected === undefined, name);
  }
});

test('a process that was stopped stays stopped when it is gone', () => {
  for (const state of ['STOPPING', 'UNKNOWN'] as const) {
    const { lifecycle, effects } = transition(alive(state, { wanted: 'down' }), events.exited, policy);
    assert.deepEqual([lifecycle.state, effects], ['STOPPED', []]);
  }
});

test('a start that fails more often than startretries ends in FATAL', () => {
  let lifecycle = alive('STARTING');
  for (let attempt = 1; attempt <= policy.startRetries; attempt++) {
    lifecycle = transition(lifecycle, events.exited, policy).lifecycle;
    assert.deepEqual([lifecycle.state, lifecycle.failedStarts], ['BACKOFF', attempt]);
    lifecycle = transition(lifecycle, events.backOffOver, policy).lifecycle;
  }
  const { lifecycle: last, effects } = transition(lifecycle, events.spawnFailed, policy);
  assert.deepEqual([last.state, effects], ['FATAL', []]);
});

function stateAfterExit(autorestart: Policy['autorestart'], isExpected: boolean): ProcessState {
  const exited = { kind: 'exited', isExpected, ranMs: 0 } as const;
  return transition(alive('RUNNING'), exited, { ...policy, autorestart }).lifecycle.state;
}

test('autorestart decides about an exit out of RUNNING', () => {
  assert.equal(stateAfterExit('always', true), 'BACKOFF');
  assert.equal(stateAfterExit('unexpected', true), 'EXITED');
  assert.equal(stateAfterExit('unexpected', false), 'BACKOFF');
  assert.equal(stateAfterExit('never', false), 'EXITED');
});

test('crashes add up over starts that succeed, and a long run forgives them', () => {
  let lifecycle = alive('RUNNING');
  for (const crashes of [1, 1.75, 2.5, 3.25]) {
    lifecycle = transition(lifecycle, { ...events.exited, ranMs: forgivenessMs / 4 }, policy).lifecycle;
    assert.equal(lifecycle.crashes, crashes);
    lifecycle = transition(lifecycle, events.backOffOver, policy).lifecycle;
    lifecycle = transition(lifecycle, events.up, policy).lifecycle;
  }
  const ranLong = { ...events.exited, ranMs: 2 * forgivenessMs };
  assert.equal(transition(lifecycle, ranLong, policy).lifecycle.crashes, 2.25);
});

test('back-off doubles, is capped and is jittered downwards', () => {
  assert.deepEqual(
    [1, 2, 3, 4, 10].map((count) => failedStartDelayMs(count, 30_000, 1)),
    [1000, 2000, 4000, 8000, 30_000],
  );
  assert.deepEqual(
    [1, 2.9, 3, 4, 5.5, 20].map((count) => crashDelayMs(count, 30_000, 1)),
    [0, 0, 50, 100, 200, 30_000],
  );
  assert.equal(failedStartDelayMs(2, 30_000, 0), 1500);
  assert.equal(crashDelayMs(20, 30_000, 0), 22_500);
});
