import { AppError } from '../core/errors.ts';
import type { QueryNode, TextField } from '../mail/query.ts';
import { tokenizeText } from '../mail/tokenize-text.ts';
import { largeMessageBytes } from './mailbox-format.ts';
import { firstMessageKey } from './message-key.ts';
import type { Sql } from './sql.ts';
import { joinSql, sql } from './sql.ts';
import { hashText } from './thread-facts.ts';

/** A label as far as a search needs it: where its messages begin and end, and how many they are. */
export interface LabelExtent {
  readonly key: number;
  readonly oldestMessageKey: number;
  readonly newestMessageKey: number;
  /** Counted up to a bound, see `search-messages.ts`. */
  readonly messagesTotal: number;
}

/** What a query can only be resolved with: facts about the mailbox it is asked of. */
export interface MailboxFacts {
  /** The labels that a query means by this name; none for an unknown one. */
  readonly findLabels: (name: string) => readonly LabelExtent[];
  /** How far at most a message's key lies after the first key of its time. */
  readonly longestSpill: number;
}

/** A query with its labels and words looked up and everything that cannot match, or always does, folded away. */
export type Condition =
  | { readonly kind: 'all' }
  | { readonly kind: 'none' }
  | { readonly kind: 'and' | 'or'; readonly conditions: readonly Condition[] }
  | { readonly kind: 'not'; readonly condition: Condition }
  /** An FTS5 expression (sqlite.org/fts5.html, section 3). */
  | { readonly kind: 'fullText'; readonly expression: string }
  /** Any of these labels. */
  | { readonly kind: 'label'; readonly labels: readonly LabelExtent[] }
  | { readonly kind: 'userLabels' }
  /** SQL over the columns of `message m`; only messages with keys in the range can match. */
  | {
      readonly kind: 'column';
      readonly sql: Sql;
      /** The index that holds every match and not much else. */
      readonly index?: 'message_by_message_id' | 'message_with_attachment' | 'message_large';
      readonly fromKey?: number;
      readonly toKey?: number;
    };

/** Deeper queries are refused: SQLite's own limit on the depth of expressions is 256 for FTS5. */
const maxDepth = 50;
/** Columns of the full-text index that a field of the query looks in; `to:` finds every recipient, as Gmail does. */
const columns: Readonly<Record<Exclude<TextField, 'anywhere'>, string>> = {
  from: 'sender',
  to: 'recipients cc bcc',
  cc: 'cc',
  bcc: 'bcc',
  subject: 'subject',
  filename: 'filename',
  list: 'list',
  deliveredto: 'delivered_to',
};

/** Looks up what a query names in a mailbox. Throws `INVALID_INPUT` for a query nested too deep to be answered. */
export function resolveQuery(node: QueryNode, facts: MailboxFacts, depth = 0): Condition {
  if (depth > maxDepth) {
    throw new AppError('INVALID_INPUT', 'The query is nested too deep.', {
      field: 'q',
      expected: `at most ${maxDepth} levels`,
      hint: 'Remove parentheses that are not needed, or ask in several searches.',
    });
  }
  const resolve = (child: QueryNode): Condition => resolveQuery(child, facts, depth + 1);
  switch (node.kind) {
    case 'all':
    case 'anywhere':
      return { kind: 'all' };
    case 'and':
      return combine('and', node.nodes.map(resolve));
    case 'or':
      return combine('or', node.nodes.map(resolve));
    case 'not':
      return negate(resolve(node.node));
    case 'text':
      return resolveText(node.field, node.words);
    case 'label': {
      const labels = facts.findLabels(node.label).filter(({ messagesTotal }) => messagesTotal > 0);
      return labels.length === 0 ? { kind: 'none' } : { kind: 'label', labels };
    }
    case 'attachment':
      return { kind: 'column', sql: sql("m.attachment_names <> '[]'"), index: 'message_with_attachment' };
    case 'userLabels':
      return { kind: 'userLabels' };
    case 'date':
      return resolveDate(node, facts);
    case 'size':
      return resolveSize(node);
    case 'messageId':
      return {
        kind: 'column',
        sql: sql('m.message_id_hash = ? AND m.message_id = ?', hashText(node.messageId), node.messageId),
        index: 'message_by_message_id',
      };
  }
}

/** `and` and `or` of one kind inside another are one list; what decides the outcome alone, decides it here. */
function combine(kind: 'and' | 'or', conditions: readonly Condition[]): Condition {
  const [neutral, decisive] = kind === 'and' ? (['all', 'none'] as const) : (['none', 'all'] as const);
  const flat = conditions.flatMap((condition) => (condition.kind === kind ? condition.conditions : [condition]));
  if (flat.some((condition) => condition.kind === decisive)) return { kind: decisive };
  const rest = flat.filter((condition) => condition.kind !== neutral);
  const [only] = rest;
  if (only === undefined) return { kind: neutral };
  return rest.length === 1 ? only : { kind, conditions: rest };
}

function negate(condition: Condition): Condition {
  if (condition.kind === 'all') return { kind: 'none' };
  if (condition.kind === 'none') return { kind: 'all' };
  return condition.kind === 'not' ? condition.condition : { kind: 'not', condition };
}

/** FTS5 ignores a phrase without any word beside others, which would widen the search: such a phrase matches nothing. */
function resolveText(field: TextField, words: readonly string[]): Condition {
  const tokens = words.flatMap(tokenizeText);
  if (tokens.length === 0) return { kind: 'none' };
  // Tokens hold letters, digits and `_` only, so nothing in them can end the phrase.
  const phrase = `"${tokens.join(' ')}"`;
  return { kind: 'fullText', expression: field === 'anywhere' ? phrase : `{${columns[field]}} : ${phrase}` };
}

function resolveDate(
  { fromMs, beforeMs }: { readonly fromMs?: number; readonly beforeMs?: number },
  { longestSpill }: MailboxFacts,
): Condition {
  return {
    kind: 'column',
    sql: between('m.internal_ms', fromMs, beforeMs),
    ...(fromMs === undefined ? {} : { fromKey: firstMessageKey(fromMs) }),
    ...(beforeMs === undefined ? {} : { toKey: firstMessageKey(beforeMs) + longestSpill }),
  };
}

function resolveSize({
  minBytes,
  belowBytes,
}: {
  readonly minBytes?: number;
  readonly belowBytes?: number;
}): Condition {
  const limits = between('m.size_bytes', minBytes, belowBytes);
  if (minBytes === undefined || minBytes < largeMessageBytes) return { kind: 'column', sql: limits };
  // SQLite uses a partial index only where its condition stands in the query word for word.
  const large = sql(`m.size_bytes >= ${largeMessageBytes}`);
  return { kind: 'column', sql: joinSql([large, limits], 'AND'), index: 'message_large' };
}

/** From the first limit on and below the second, each where it is given. */
function between(column: string, from: number | undefined, below: number | undefined): Sql {
  return joinSql(
    [
      from === undefined ? sql('TRUE') : sql(`${column} >= ?`, from),
      below === undefined ? sql('TRUE') : sql(`${column} < ?`, below),
    ],
    'AND',
  );
}
