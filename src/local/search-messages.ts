import { AppError } from '../core/errors.ts';
import type { MessagePage, SearchRequest } from '../mail/mailbox.ts';
import { asksForSpamOrTrash } from '../mail/query.ts';
import type { QueryNode } from '../mail/query.ts';
import { compileQuery, growsWithRange, smallLabelMessages } from './compile-query.ts';
import type { Condition, LabelExtent } from './condition.ts';
import type { Database } from './database.ts';
import { integerOf } from './database.ts';
import { readLabels } from './labels.ts';
import { decodePageToken, encodePageToken } from './page-token.ts';
import { readSummaries } from './read-messages.ts';
import type { MailboxFacts } from './resolve-query.ts';
import { resolveQuery } from './resolve-query.ts';

const withoutSpamAndTrash: QueryNode = {
  kind: 'not',
  node: {
    kind: 'or',
    nodes: [
      { kind: 'label', label: 'SPAM' },
      { kind: 'label', label: 'TRASH' },
    ],
  },
};

/**
 * A page of the messages that match, newest first by the second they were received in. The pages of a search stay
 * whole while mail arrives and labels change: a page begins after the last message of the page before.
 */
export function searchMessages(mailbox: Database, request: SearchRequest): MessagePage {
  const { query, includeSpamTrash, maxResults, pageToken } = request;
  const scope = scopeOf(query, includeSpamTrash);
  const beforeKey = pageToken === undefined ? Number.MAX_SAFE_INTEGER : decodePageToken(pageToken, scope);
  const isWide = includeSpamTrash || asksForSpamOrTrash(query);
  return mailbox.read(() => {
    const condition = resolveQuery(
      isWide ? query : { kind: 'and', nodes: [query, withoutSpamAndTrash] },
      readFacts(mailbox),
    );
    if (condition.kind === 'none') return { messages: [] };
    const keys = findKeys(mailbox, condition, beforeKey, maxResults + 1);
    const page = keys.slice(0, maxResults);
    const last = page.at(-1);
    return {
      messages: readSummaries(mailbox, page),
      ...(keys.length > maxResults && last !== undefined ? { nextPageToken: encodePageToken(last, scope) } : {}),
    };
  });
}

/** Messages below the cursor that are searched before all of them, where the work grows with their number. */
const windowSizes = [2000, 20_000];

/** The keys of the newest `limit` matches below `beforeKey`. */
function findKeys(mailbox: Database, condition: Condition, beforeKey: number, limit: number): readonly number[] {
  const keys: number[] = [];
  let toKey = beforeKey - 1;
  for (const size of [...(growsWithRange(condition) ? windowSizes : []), undefined]) {
    const fromKey = size === undefined ? 0 : keyFurtherDown(mailbox, toKey, size);
    const { text, parameters } = compileQuery(condition, { fromKey, toKey, limit: limit - keys.length });
    keys.push(...mailbox.all(text, ...parameters).map((row) => integerOf(row, 'key')));
    if (keys.length >= limit || fromKey === 0) break;
    toKey = fromKey - 1;
  }
  return keys;
}

/** The key so many messages below another, or 0 where there are fewer. */
function keyFurtherDown(mailbox: Database, key: number, count: number): number {
  const row = mailbox.get('SELECT id FROM message WHERE id <= ? ORDER BY id DESC LIMIT 1 OFFSET ?', key, count);
  return row === undefined ? 0 : integerOf(row, 'id');
}

/**
 * What a page token belongs to. The dates of the query do not count: those of `newer_than:7d` move with the clock
 * from page to page.
 */
function scopeOf(query: QueryNode, includeSpamTrash: boolean): string {
  const shape = JSON.stringify(query, (key, value: unknown) => (key === 'fromMs' || key === 'beforeMs' ? 0 : value));
  return `messages ${includeSpamTrash} ${shape}`;
}

function readFacts(mailbox: Database): MailboxFacts {
  const row = mailbox.get('SELECT longest_spill FROM mailbox');
  if (row === undefined) throw new AppError('UNAVAILABLE', `The mailbox file ${mailbox.file} is damaged.`);
  return {
    longestSpill: integerOf(row, 'longest_spill'),
    findLabels: (name) =>
      readLabels(mailbox)
        .filter((label) => foldForQuery(label.name) === foldForQuery(name))
        .map(({ key }) => readExtent(mailbox, key)),
  };
}

/** In a query a label is written without case, and `-` stands for spaces and `/` of its name. */
function foldForQuery(name: string): string {
  return name.toLowerCase().replaceAll(/[\s/]/g, '-');
}

function readExtent(mailbox: Database, key: number): LabelExtent {
  const row = mailbox.get(
    `SELECT
       coalesce((SELECT min(message_key) FROM message_label WHERE label_key = ?1), 0) AS oldest,
       coalesce((SELECT max(message_key) FROM message_label WHERE label_key = ?1), 0) AS newest,
       (SELECT count(*) FROM (SELECT 1 FROM message_label WHERE label_key = ?1 LIMIT ${smallLabelMessages + 1})) AS total`,
    key,
  );
  return {
    key,
    oldestMessageKey: row === undefined ? 0 : integerOf(row, 'oldest'),
    newestMessageKey: row === undefined ? 0 : integerOf(row, 'newest'),
    messagesTotal: row === undefined ? 0 : integerOf(row, 'total'),
  };
}
