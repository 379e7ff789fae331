import * as z from 'zod';
import { integerOf, textOf } from '../../columns.ts';
import type { Database } from '../database.ts';
import { isRecent } from './standing.ts';
import { parseStored } from '../../parse-stored.ts';

/** A page of a list as it is kept: ids in Gmail's order, each with what belongs to it, and Google's page token. */
export interface ListedPage {
  readonly entries: readonly { readonly id: string; readonly messageId?: string | undefined }[];
  readonly nextPageToken?: string | undefined;
}

const listedPage: z.ZodType<ListedPage> = z.object({
  entries: z.array(z.object({ id: z.string(), messageId: z.string().optional() })),
  nextPageToken: z.string().optional(),
});

/** Gmail's search index may lag behind a change: what was listed sooner after one is not trusted for long. */
const settleMs = 60_000;
const maxPages = 500;

/** A page under its key, unless the mailbox has changed since it was listed. */
export function readPage(database: Database, key: string, nowMs: number): ListedPage | undefined {
  const row = database.get('SELECT epoch, listed_ms, answer FROM page WHERE key = ?', key);
  if (row === undefined) return undefined;
  const listed = { epoch: integerOf(row, 'epoch'), listedMs: integerOf(row, 'listed_ms') };
  return isPageCurrent(database, listed, nowMs) ? parseStored(listedPage, textOf(row, 'answer')) : undefined;
}

/** Keeps a page. */
export function insertPage(
  database: Database,
  key: string,
  { epoch, listedMs }: { readonly epoch: number; readonly listedMs: number },
  page: ListedPage,
): void {
  database.write(() => {
    database.run('DELETE FROM page WHERE epoch <> (SELECT epoch FROM state)');
    database.run(
      'DELETE FROM page WHERE key IN (SELECT key FROM page ORDER BY listed_ms DESC LIMIT -1 OFFSET ?)',
      maxPages,
    );
    database.run('INSERT OR REPLACE INTO page VALUES (?, ?, ?, ?)', key, epoch, listedMs, JSON.stringify(page));
  });
}

/** Whether a page that was listed then still is what Gmail would list, as far as can be known. */
function isPageCurrent(database: Database, page: { epoch: number; listedMs: number }, nowMs: number): boolean {
  const row = database.get('SELECT changed_ms, epoch FROM state');
  if (row === undefined || integerOf(row, 'epoch') !== page.epoch) return false;
  return isRecent(page.listedMs, nowMs) || page.listedMs - integerOf(row, 'changed_ms') > settleMs;
}
