/** Something that pages show: its stamp differs whenever it does. */
export interface LiveSource {
  readonly topic: string;
  readonly stamp: () => string | Promise<string>;
}

/** Informs streams of what has changed; looks at nothing while there are none. */
export interface LiveHub {
  /** Calls `hear` with the topics that have changed; with none, so that a stream notices when it may no longer go on. */
  join(hear: (topics: readonly string[]) => void): () => void;
  close(): void;
}

/** How often the sources are looked at while somebody watches. */
const lookEveryMs = 2000;

export function createLiveHub(sources: readonly LiveSource[], onError: (error: unknown) => void): LiveHub {
  const listeners = new Set<(topics: readonly string[]) => void>();
  let stamps = new Map<string, string>();
  let timer: NodeJS.Timeout | undefined;

  async function look(): Promise<readonly string[]> {
    const current = new Map<string, string>();
    for (const { topic, stamp } of sources) {
      try {
        current.set(topic, await stamp());
      } catch (error) {
        onError(error);
      }
    }
    const changed = [...current].filter(([topic, stamp]) => stamps.has(topic) && stamps.get(topic) !== stamp);
    stamps = current;
    return changed.map(([topic]) => topic);
  }

  function schedule(): void {
    timer = setTimeout(() => {
      look()
        .then((topics) => {
          for (const hear of listeners) hear(topics);
        })
        .catch(onError)
        .finally(() => {
          if (listeners.size > 0) schedule();
        });
    }, lookEveryMs);
  }

  return {
    join(hear) {
      if (listeners.size === 0) {
        // What happened while nobody looked is on the page that has just been read.
        stamps = new Map();
        clearTimeout(timer);
        look().catch(onError);
        schedule();
      }
      listeners.add(hear);
      return () => {
        listeners.delete(hear);
        if (listeners.size === 0) clearTimeout(timer);
      };
    },
    close() {
      clearTimeout(timer);
      listeners.clear();
    },
  };
}
