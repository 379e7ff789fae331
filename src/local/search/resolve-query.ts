import { AppError } from '../../core/errors.ts';
import type { QueryNode, TextField } from '../../mail/query/query.ts';
import { tokenizeText } from '../../mail/text/tokenize-text.ts';
import type { Condition, LabelExtent } from './condition.ts';
import { conjunction, disjunction, negation } from './condition.ts';
import { largeMessageBytes } from '../mailbox-format.ts';
import { firstMessageKey } from '../reading/message-key.ts';
import type { Sql } from '../sql.ts';
import { joinSql, sql } from '../sql.ts';
import { hashText } from '../threads/thread-facts.ts';

/** What a query can only be resolved with: facts about the mailbox it is asked of. */
export interface MailboxFacts {
  /** The labels that a query means by this name; none for an unknown one. */
  readonly findLabels: (name: string) => readonly LabelExtent[];
  /** How far at most a message's key lies after the first key of its time. */
  readonly longestSpill: number;
}

/** Deeper queries are refused: SQLite's FTS5 refuses expressions of more than 256 levels. */
const maxDepth = 120;

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
      return conjunction(node.nodes.map(resolve));
    case 'or':
      return disjunction(node.nodes.map(resolve));
    case 'not':
      return negation(resolve(node.node));
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
