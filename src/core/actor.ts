import type { Transport } from './context.ts';

/** Who asks for a change and through what; from the call's context, so that no operation can forget it. */
export interface Actor {
  readonly transport: Transport;
  readonly requestId: string;
  /** Name of the token that was shown; undefined where none is asked for. */
  readonly tokenName?: string | undefined;
  /** What the client calls itself; see `clientName`. */
  readonly client?: string | undefined;
  /** What the client calls this call (an MCP session with a JSON-RPC id): a repeated call has the same. */
  readonly callId?: string | undefined;
}
