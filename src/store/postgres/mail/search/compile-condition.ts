import type { Condition } from '../../../mail/condition.ts';
import { firstUserLabelKey } from '../mail-schema.ts';
import { compileText } from './compile-text.ts';
import type { SqlBuilder } from './sql-builder.ts';

/** Whether the message at the row `m` matches, as an SQL expression that is asked of each row. */
export function compileCondition(condition: Condition, builder: SqlBuilder): string {
  switch (condition.kind) {
    case 'all':
      return 'TRUE';
    case 'none':
      return 'FALSE';
    case 'and':
    case 'or': {
      const word = condition.kind === 'and' ? ' AND ' : ' OR ';
      return `(${condition.conditions.map((part) => compileCondition(part, builder)).join(word)})`;
    }
    case 'not':
      return `NOT (${compileCondition(condition.condition, builder)})`;
    case 'text':
      return exists(`message_text t WHERE t.account = $1 AND t.key = m.key AND ${compileText(condition, builder)}`);
    case 'label':
      return exists(`${labelsOf} AND l.label_key = ANY (${builder.value(condition.keys)}::integer[])`);
    case 'userLabel':
      return exists(`${labelsOf} AND l.label_key >= ${firstUserLabelKey}`);
    case 'attachment':
      return "m.attachment_names <> '[]'";
    case 'date':
      return between('m.internal_ms', condition.fromMs, condition.beforeMs, builder);
    case 'size':
      return between('m.size_bytes', condition.minBytes, condition.belowBytes, builder);
    case 'messageId': {
      const messageId = builder.value(condition.messageId);
      return `(md5(m.message_id) = md5(${messageId}::text) AND m.message_id = ${messageId})`;
    }
  }
}

const labelsOf = 'message_label l WHERE l.account = $1 AND l.message_key = m.key';

/**
 * Asked of each row that is walked, newest first. A bare EXISTS would be joined, and every match sorted; without OFFSET 0
 * PostgreSQL answers it from a table of all matches in the mailbox, for which it reads the words of every message.
 */
function exists(from: string): string {
  return `(EXISTS (SELECT 1 FROM ${from} OFFSET 0)) IS TRUE`;
}

/** From the first limit on and below the second, each where it is given. */
function between(column: string, from: number | undefined, below: number | undefined, builder: SqlBuilder): string {
  const limits = [
    ...(from === undefined ? [] : [`${column} >= ${builder.value(from)}`]),
    ...(below === undefined ? [] : [`${column} < ${builder.value(below)}`]),
  ];
  return limits.length === 0 ? 'TRUE' : `(${limits.join(' AND ')})`;
}
