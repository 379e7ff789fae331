import type { RpcClient } from '../../core/supervisor/rpc-client.ts';

/** Exit codes of supervisorctl, which take them from the LSB's rules for init scripts. */
export const exitCodes = {
  success: 0,
  generic: 1,
  invalidArguments: 2,
  statusNotRunning: 3,
  statusUnknown: 4,
  refused: 4,
  notRunning: 7,
} as const;

/** What a verb works with. */
export interface VerbContext {
  /** The words after the verb, options for us taken out. */
  readonly words: readonly string[];
  readonly isJson: boolean;
  readonly client: RpcClient;
  /** Prints a line of the verb's answer. */
  readonly print: (line: string) => void;
  /** Prints text as it is. */
  readonly write: (text: string | Buffer) => void;
  /** Tells a person what goes beyond supervisorctl's own words. */
  readonly explain: (line: string) => void;
  /** Opens what a person types; absent where nobody does. */
  readonly stdin: (() => NodeJS.ReadableStream) | undefined;
  readonly signal: AbortSignal | undefined;
}

/** A verb: how it is called, what it does, and what it ends with. */
export interface Verb {
  readonly usage: readonly string[];
  readonly run: (context: VerbContext) => Promise<number>;
}
