import { createInterface } from 'node:readline';

/** Reads what a person types, a line at a time. */
export interface LineReader {
  /** The next line, or undefined at the end of the input. Throws the reason of `signal` when that aborts first. */
  next(signal: AbortSignal): Promise<string | undefined>;
  close(): void;
}

/** Reads lines of a stream until `close`; the terminal stays as it is, so that Ctrl-C still stops the program. */
export function openLineReader(input: NodeJS.ReadableStream): LineReader {
  const reader = createInterface({ input, terminal: false });
  const lines = reader[Symbol.asyncIterator]();
  let pending: Promise<IteratorResult<string, unknown>> | undefined;
  return {
    async next(signal) {
      pending ??= lines.next();
      const aborted = Promise.withResolvers<never>();
      const abort = () => aborted.reject(signal.reason);
      signal.addEventListener('abort', abort, { once: true });
      if (signal.aborted) abort();
      try {
        const line = await Promise.race([pending, aborted.promise]);
        pending = undefined;
        return line.done === true ? undefined : line.value;
      } finally {
        signal.removeEventListener('abort', abort);
      }
    },
    close: () => reader.close(),
  };
}
