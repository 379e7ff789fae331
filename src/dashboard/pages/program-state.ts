import { state, type Tone } from '../html/parts.ts';
import type { Html } from '../html/html.ts';
import type { Program } from '../supervisor.ts';

const states: Readonly<Record<Program['state'], readonly [Tone, string]>> = {
  RUNNING: ['good', 'running'],
  STARTING: ['busy', 'starting'],
  STOPPING: ['busy', 'stopping'],
  STOPPED: ['off', 'stopped'],
  EXITED: ['off', 'ended'],
  BACKOFF: ['warn', 'failing'],
  FATAL: ['bad', 'given up'],
  UNKNOWN: ['bad', 'unknown'],
};

/** The state of a program in a word. */
export function programState(program: Pick<Program, 'state'>): Html {
  return state(...states[program.state]);
}
