import type { Home } from '../core/home.ts';
import type { Environment } from '../core/settings.ts';
import type { Output } from './output.ts';

/** What a command answers that was interrupted: 128 and the number of SIGINT, as shells have it. */
export const exitInterrupted = 130;

/** Why a command is aborted whose output nobody reads any more, as after `| head -1`. */
export const readerGone = 'SIGPIPE';

/** What a command is run with. Commands write to these streams only, in which no text can steer a terminal, and return an exit code. */
export interface CommandContext {
  /** What stands after the command's name. */
  readonly arguments: readonly string[];
  /** The shell's variables over those of the running servers and the settings of the home. */
  readonly environment: Environment;
  /** The shell's variables alone. */
  readonly shell: Environment;
  readonly home: Home;
  readonly stdout: Output;
  readonly stderr: Output;
  /** The same streams unfiltered: for colours and for lines that are written over. */
  readonly terminal: { readonly stdout: Output; readonly stderr: Output };
  /** Aborted by Ctrl-C, SIGTERM or a closed terminal. */
  readonly signal: AbortSignal;
  /** Aborted when that is asked for a second time. */
  readonly killSignal: AbortSignal;
}

/** Runs a command. Faults of the caller are thrown as `AppError`, which ends with its exit code. */
export type RunCommand = (context: CommandContext) => Promise<number>;

/** All that help says of a command. */
export interface CommandDescription {
  /** What it does, without a capital and a full stop. */
  readonly summary: string;
  /** Each way to write it, without the program's name. */
  readonly forms: readonly string[];
  /** Options with their values, and what they mean. */
  readonly options: Readonly<Record<string, string>>;
  /** Whole lines to paste. */
  readonly examples: readonly string[];
}
