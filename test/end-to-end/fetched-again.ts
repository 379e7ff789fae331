/** How often whole messages came beyond once each, and why. */
export interface FetchedAgain {
  readonly total: number;
  /** Whoever had fetched them was killed before they were stored. */
  readonly afterKills: number;
  /** They were changed, by us or by others, at any time. */
  readonly changed: number;
  /** Neither: the call that they were part of failed. */
  readonly others: number;
}

/** How often each message was sent whole, by its id. */
type Counts = Readonly<Record<string, number>>;

/** Finds out why messages were fetched more than once. */
export interface FetchWatch {
  /** To be called when a server was killed: what had been sent until then and is not stored is fetched again for that. */
  noteKill(counts: Counts, stored: ReadonlySet<string>): void;
  noteChange(id: string): void;
  /** `watchedId` is a message that a reader asks for all the time, wherever it is. */
  report(counts: Counts, watchedId: string): FetchedAgain;
}

/** Watches one mirror. */
export function watchFetches(): FetchWatch {
  /** After which of its fetches a message was lost. */
  const lost = new Set<string>();
  const changed = new Set<string>();
  return {
    noteKill(counts, stored) {
      for (const [id, count] of Object.entries(counts)) if (!stored.has(id)) lost.add(`${id} ${count}`);
    },
    noteChange: (id) => void changed.add(id),
    report(counts, watchedId) {
      const report = { total: 0, afterKills: 0, changed: 0, others: 0 };
      for (const [id, count] of Object.entries(counts)) {
        for (let fetch = 1; fetch < count && id !== watchedId; fetch += 1) {
          report.total += 1;
          report[lost.has(`${id} ${fetch}`) ? 'afterKills' : changed.has(id) ? 'changed' : 'others'] += 1;
        }
      }
      return report;
    },
  };
}
