/** Which messages that wait a session has opened, by the hash that it was shown: none is approved unseen. */
export interface OpenedMessages {
  note(session: string, id: string, contentHash: string): void;
  /** Whether the session was shown the message of this very hash. */
  has(session: string, id: string, contentHash: string): boolean;
}

/** More than anybody reads in one go; the oldest are forgotten first. */
const keptOpen = 2000;

function keyOf(...parts: readonly string[]): string {
  return parts.join(' ');
}

/** Kept by this process: after a restart of the page each is to be opened again. */
export function openedMessages(): OpenedMessages {
  const seen = new Set<string>();
  return {
    note(session, id, contentHash) {
      seen.add(keyOf(session, id, contentHash));
      const [oldest] = seen;
      if (seen.size > keptOpen && oldest !== undefined) seen.delete(oldest);
    },
    has: (session, id, contentHash) => seen.has(keyOf(session, id, contentHash)),
  };
}
