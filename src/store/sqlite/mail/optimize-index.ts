import type { Database } from '../database.ts';

/** Pages of the index rewritten in one transaction, so that other writers wait for moments only. */
const pagesPerStep = 1000;

/**
 * Merges the full-text index into one piece, in short steps: a search after a large import is then as fast as it gets.
 * The mailbox stays usable meanwhile.
 */
export function optimizeIndex(mailbox: Database): void {
  // FTS5 counts at least two changes for a step that did something (sqlite.org/fts5.html, section 6.8).
  const step = (pages: number): boolean => {
    const changes = (): unknown => mailbox.get('SELECT total_changes() AS changes')?.changes;
    const before = changes();
    mailbox.run("INSERT INTO full_text (full_text, rank) VALUES ('merge', ?)", pages);
    return Number(changes()) - Number(before) >= 2;
  };
  // A negative figure begins to merge everything into one piece; positive ones go on with it.
  let isUnfinished = step(-pagesPerStep);
  while (isUnfinished) isUnfinished = step(pagesPerStep);
  mailbox.execute('PRAGMA optimize; PRAGMA wal_checkpoint(PASSIVE)');
}
