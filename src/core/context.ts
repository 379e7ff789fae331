import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { ServedReads } from './served-reads.ts';
import type { TaskTime } from './task-time.ts';

/** Over what calls come; `job` is what is done without one. */
export const transports = ['mcp', 'rest', 'dashboard', 'cli', 'job'] as const;
export type Transport = (typeof transports)[number];

/** What is true for one call from the request to the log line. */
export interface CallContext {
  /** The caller's `x-request-id`, or one made here. */
  readonly requestId: string;
  /** Over what the call came. */
  readonly transport: Transport;
  /** Name of the token that was shown, if one was. */
  readonly tokenName?: string;
  /** What the client calls this call: one that is repeated has the same. Unique among the clients of a server. */
  readonly callId?: string;
  /** What the client calls itself; see `clientName`. */
  readonly client?: string | undefined;
  /** Aborted when the caller is gone or the server stops. */
  readonly signal?: AbortSignal;
  /** When the caller's patience ends, on the clock of `performance.now()`. Waiting past it is pointless. */
  readonly deadlineMs?: number;
  /** Whether somebody waits for the answer; `background` work gives way. Default `interactive`. */
  readonly urgency?: 'interactive' | 'background';
  /**
   * Since when a mirror must have been compared with its account for a read of it, by the clock that the hosts of a store share;
   * without one, lately is enough.
   */
  readonly freshSinceMs?: number;
  /** Whether the call changes something: what that is made from has to be what is there now. */
  readonly isChange?: boolean;
  /** Processor time that all messages which the call reads have together. */
  readonly readingTime?: TaskTime;
  /** Where reads of mirrored accounts note where they were served from. */
  readonly reads?: ServedReads;
}

const storage = new AsyncLocalStorage<CallContext>();

/** Runs `work` so that {@link currentContext} answers `context` in everything it starts. */
export function runInContext<T>(context: CallContext, work: () => T): T {
  return storage.run(context, work);
}

/** The context of the call that is being served, or undefined outside of one. */
export function currentContext(): CallContext | undefined {
  return storage.getStore();
}

/** The signal of a call that only asks: nobody has anything from its answer when the caller is gone. */
export function askersSignal(): AbortSignal | undefined {
  const { signal, isChange } = currentContext() ?? {};
  return isChange === false ? signal : undefined;
}

const requestIdPattern = /^[\w-]{1,128}$/;

/** The caller's request id if it is well formed (`[\w-]{1,128}`), else a new one. */
export function requestIdFrom(header: string | readonly string[] | undefined): string {
  return typeof header === 'string' && requestIdPattern.test(header) ? header : randomUUID();
}
