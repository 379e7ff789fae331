import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import * as z from 'zod';
import type { CounterValues } from '../../src/emulator/control/counters.ts';
import type { FaultRule } from '../../src/emulator/control/faults.ts';
import type { SettingsChanges } from '../../src/emulator/control/settings.ts';
import type { AccountCredentials } from '../../src/emulator/emulator.ts';
import { emulatedClient } from '../../src/emulator/emulator-tokens.ts';
import { startEmulator, type EmulatorOptions } from '../../src/emulator/start-emulator.ts';
import { childEnvironment } from '../support/child-environment.ts';
import { endOf } from '../support/end-of.ts';
import { freePorts } from '../support/free-ports.ts';

/** What the process is started with, as JSON in its argument. */
interface Setup extends EmulatorOptions {
  readonly faults: readonly FaultRule[];
}

/** What is added up over all of the processes. */
type Totals = Pick<CounterValues, 'rawByMessage' | 'unitsTotal'>;

/** An emulator in a process that can be killed: its mailbox and its login outlive it, its tokens and counters do not. */
export interface EmulatorApart {
  readonly rootUrl: string;
  readonly accounts: readonly Omit<AccountCredentials, 'accessToken' | 'grantId'>[];
  /** What was counted; of a process that was killed, until shortly before. */
  readonly totals: () => Promise<Totals>;
  readonly clearFaults: () => Promise<void>;
  /** Kills it without a warning, and starts it again on the same port. */
  readonly kill: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const stateSchema = z.object({
  counters: z.object({ rawByMessage: z.record(z.string(), z.number()), unitsTotal: z.number() }),
});

function sumOf(one: Totals, other: Totals): Totals {
  const rawByMessage = { ...one.rawByMessage };
  for (const [id, count] of Object.entries(other.rawByMessage)) rawByMessage[id] = (rawByMessage[id] ?? 0) + count;
  return { rawByMessage, unitsTotal: one.unitsTotal + other.unitsTotal };
}

/** Starts it on the mailbox in a folder. */
export async function startEmulatorApart(options: {
  readonly emailAddress: string;
  readonly folder: string;
  readonly settings: SettingsChanges;
  readonly faults: readonly FaultRule[];
}): Promise<EmulatorApart> {
  const { emailAddress, folder, settings, faults } = options;
  const refreshToken = `1//0${randomBytes(54).toString('base64url')}`;
  const [port = 0] = await freePorts(1);
  const rootUrl = `http://127.0.0.1:${port}/`;
  const setup: Setup = { accounts: [{ emailAddress, folder, refreshToken }], port, settings, faults };
  let isFaulty = true;
  let before: Totals = { rawByMessage: {}, unitsTotal: 0 };

  async function start(): Promise<ChildProcess> {
    const argument = JSON.stringify({ ...setup, faults: isFaulty ? faults : [] });
    const started = spawn(process.execPath, [import.meta.filename, argument], {
      env: childEnvironment,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(started, 'exit').then(([code]) => {
      throw new Error(`the emulator ended with ${String(code)}`);
    });
    await Promise.race([once(started.stdout, 'data'), ended]);
    ended.catch(() => {});
    return started;
  }

  let child = await start();
  const totals = async () => {
    const response = await fetch(new URL('emulator/state', rootUrl));
    return sumOf(before, stateSchema.parse(await response.json()).counters);
  };
  return {
    rootUrl,
    accounts: [{ emailAddress, refreshToken, ...emulatedClient }],
    totals,
    async clearFaults() {
      isFaulty = false;
      await fetch(new URL('emulator/faults', rootUrl), { method: 'DELETE' });
    },
    async kill() {
      before = await totals();
      await endOf(child, 'SIGKILL');
      child = await start();
    },
    close: () => endOf(child, 'SIGTERM'),
  };
}

if (import.meta.main) {
  const { faults, ...options }: Setup = JSON.parse(process.argv[2] ?? '');
  const emulator = await startEmulator(options);
  for (const rule of faults) emulator.faults.add(rule);
  process.stdout.write('ready\n');
}
