import type { Database } from '../database.ts';

/** So many messages in one transaction are a part of an import. */
const bulkMessages = 250;

/**
 * Pages that the log of an import holds before they are brought into the file: those of the indexes are written several
 * times meanwhile, and then once. It takes 32 MB of the disk. Else as SQLite has it.
 */
const bulkCheckpointPages = 8000;
const usualCheckpointPages = 1000;

/**
 * Pieces of one size that make FTS5 merge them into one (`automerge`). An import has them merged in larger groups: each word
 * is written less often, and in the end all is one piece. Else as FTS5 has it, since a search looks into each piece.
 */
const bulkPieces = 8;
const usualPieces = 4;

/** Brings pages into the file less often from here on, where so many messages are written at once. */
export function checkpointRarely(database: Database, messages: number): void {
  if (messages >= bulkMessages) setCheckpoint(database, bulkCheckpointPages);
}

/** The same for what is merged of the full-text index. Runs inside a write transaction that has put nothing into the index. */
export function mergeRarely(mailbox: Database, messages: number): void {
  if (messages >= bulkMessages) setPieces(mailbox, bulkPieces);
}

/** An import is over. */
export function endBulk(mailbox: Database, raw: Database): void {
  setPieces(mailbox, usualPieces);
  for (const database of [mailbox, raw]) setCheckpoint(database, usualCheckpointPages);
}

function setCheckpoint(database: Database, pages: number): void {
  database.execute(`PRAGMA wal_autocheckpoint = ${pages}`);
}

function setPieces(mailbox: Database, pieces: number): void {
  const known = mailbox.get("SELECT v FROM full_text_config WHERE k = 'automerge'")?.v ?? usualPieces;
  // Node.js hands numbers over as floating-point ones, which FTS5 does not take here.
  const sql = "INSERT INTO full_text (full_text, rank) VALUES ('automerge', ?)";
  if (known !== pieces) mailbox.run(sql, BigInt(pieces));
}
