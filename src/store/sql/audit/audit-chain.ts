import { hash } from 'node:crypto';
import { transports } from '../../../core/context.ts';
import { integerOf, optionalIntegerOf, textOf, type Row } from '../../columns.ts';
import type { AuditEntry } from '../../audit/audit-log.ts';
import type { SqlDatabase, SqlQueries } from '../sql-database.ts';

/** An entry as it is stored, without its place in the chain. */
export interface EntryFields {
  readonly atMs: number;
  readonly account: string;
  readonly event: AuditEntry['event'];
  readonly of: number | null;
  /** One of `transports`; stored in the column `door`, its name up to 0.2. */
  readonly transport: string;
  readonly tokenName: string;
  readonly requestId: string;
  readonly operation: string;
  readonly facts: string;
}

const columns = 'at_ms, account, event, of, door, token_name, request_id, operation, facts';

function valuesOf(fields: EntryFields) {
  const { atMs, account, event, of, transport, tokenName, requestId, operation, facts } = fields;
  return [atMs, account, event, of, transport, tokenName, requestId, operation, facts] as const;
}

/** JSON of an array, so that no text can be taken for the border between two fields. */
function chainedHash(previous: string, fields: EntryFields): string {
  return hash('sha256', JSON.stringify([previous, ...valuesOf(fields)]));
}

/** The fields of a stored entry. */
export function fieldsOf(row: Row): EntryFields & { readonly event: AuditEntry['event'] } {
  const event = (['begun', 'done', 'failed', 'unknown'] as const).find((name) => name === row.event);
  if (event === undefined) throw new TypeError(`an audit entry has the event ${String(row.event)}`);
  return {
    atMs: integerOf(row, 'at_ms'),
    account: textOf(row, 'account'),
    event,
    of: optionalIntegerOf(row, 'of') ?? null,
    transport: textOf(row, 'door'),
    tokenName: textOf(row, 'token_name'),
    requestId: textOf(row, 'request_id'),
    operation: textOf(row, 'operation'),
    facts: textOf(row, 'facts'),
  };
}

/** A stored entry as it is shown. */
export function entryOf(row: Row): AuditEntry {
  const { atMs, of, transport, tokenName, facts, ...rest } = fieldsOf(row);
  const parsed: unknown = JSON.parse(facts);
  return {
    sequence: integerOf(row, 'sequence'),
    at: new Date(atMs).toISOString(),
    ...rest,
    ...(of === null ? {} : { of }),
    transport: transports.find((one) => one === transport) ?? 'cli',
    ...(tokenName === '' ? {} : { tokenName }),
    facts: typeof parsed === 'object' && parsed !== null ? { ...parsed } : {},
    hash: textOf(row, 'hash'),
  };
}

/** Adds an entry behind the last one and returns its sequence. Runs inside a write transaction. */
export async function append(queries: SqlQueries, fields: EntryFields): Promise<number> {
  const last = await queries.get('SELECT hash FROM entry ORDER BY sequence DESC LIMIT 1');
  const chained = chainedHash(last === undefined ? '' : textOf(last, 'hash'), fields);
  const row = await queries.get(
    `INSERT INTO entry (${columns}, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING sequence`,
    ...valuesOf(fields),
    chained,
  );
  if (row === undefined) throw new Error('an audit entry was stored without a sequence');
  return integerOf(row, 'sequence');
}

/** The sequence of the first entry that does not follow from the ones before it, or undefined. */
export async function findBreak(database: SqlDatabase): Promise<number | undefined> {
  const pageSize = 1000;
  // Before the entries: those that come meanwhile are higher.
  const highest = await database.dialect.highestEntry(database);
  let previous = '';
  let last = 0;
  for (;;) {
    const rows = await database.all(
      'SELECT * FROM entry WHERE sequence > $1 ORDER BY sequence LIMIT $2',
      last,
      pageSize,
    );
    for (const row of rows) {
      const sequence = integerOf(row, 'sequence');
      if (sequence !== last + 1 || chainedHash(previous, fieldsOf(row)) !== textOf(row, 'hash')) return sequence;
      previous = textOf(row, 'hash');
      last = sequence;
    }
    if (rows.length < pageSize) break;
  }
  // A missing end shows too.
  return last < highest ? last + 1 : undefined;
}
