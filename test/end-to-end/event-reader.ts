import type { FeedEvent } from '../../src/store/feed/event.ts';

/** A stream of events that is being read. */
export interface EventReader {
  /** The events so far, in the order in which they came; one that came twice is there twice. */
  readonly events: readonly FeedEvent[];
  /** Cuts the connection; the reader comes back with the place that it has reached. */
  readonly disconnect: () => void;
  /** How often it was connected. */
  readonly connections: () => number;
  /** Ends reading. Throws what reading failed with. */
  readonly close: () => Promise<void>;
}

/**
 * Reads `GET /api/events` as an `EventSource` does: after a cut it comes back with the id of the last event that it has
 * read whole. Each connection goes to the next of the addresses.
 */
export function readEventStream(options: {
  readonly urls: readonly string[];
  readonly token: string;
  /** The sequence to begin after. */
  readonly after: number;
  readonly onEvent?: (event: FeedEvent) => void;
}): EventReader {
  const { urls, token, onEvent } = options;
  const events: FeedEvent[] = [];
  let lastId = String(options.after);
  let connection = new AbortController();
  let connections = 0;
  let isClosed = false;

  async function readOnce(signal: AbortSignal): Promise<void> {
    const url = `${urls[connections % urls.length] ?? ''}/api/events`;
    connections += 1;
    const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream', 'last-event-id': lastId };
    const response = await fetch(url, { headers, signal });
    if (!response.ok || response.body === null) throw new Error(`${url} answered ${response.status}`);
    let text = '';
    for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
      const frames = (text + piece).split('\n\n');
      text = frames.pop() ?? '';
      for (const frame of frames) take(frame);
    }
  }

  function take(frame: string): void {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(frame)?.[1];
    if (field('event') === 'gap') throw new Error(`a gap: ${frame}`);
    const data = field('data');
    if (data !== undefined) {
      const event = JSON.parse(data) as FeedEvent;
      events.push(event);
      onEvent?.(event);
    }
    lastId = field('id') ?? lastId;
  }

  async function readOn(): Promise<void> {
    while (!isClosed) {
      connection = new AbortController();
      try {
        await readOnce(connection.signal);
      } catch (error) {
        if (!connection.signal.aborted) throw error;
      }
    }
  }

  const reading = readOn();
  // Thrown by `close`, when somebody waits for it.
  reading.catch(() => {});
  return {
    events,
    disconnect: () => connection.abort(),
    connections: () => connections,
    async close() {
      isClosed = true;
      connection.abort();
      await reading;
    },
  };
}
