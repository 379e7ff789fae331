import type { Condition } from '../../../mail/condition.ts';
import { firstUserLabelKey } from '../mail-schema.ts';
import { compileWords, isOfWords, type WordsCondition } from './compile-words.ts';
import type { SqlBuilder } from './sql-builder.ts';

/** The rows that a condition is asked of: those of `message`, or others, under another name, that have the key of one. */
export type Asked = 'm' | 'w' | 'd';

/** Whether the message at a row matches, as an SQL expression that is asked of each row. */
export function compileCondition(condition: Condition, asked: Asked, builder: SqlBuilder): string {
  const key = `${asked}.key`;
  const ofMessage = (where: string): string =>
    asked === 'm' ? where : exists(`message m WHERE m.account = $1 AND m.key = ${key} AND ${where}`);
  const labelsOf = `message_label l WHERE l.account = $1 AND l.message_key = ${key}`;
  switch (condition.kind) {
    case 'all':
      return 'TRUE';
    case 'none':
      return 'FALSE';
    case 'and':
    case 'or': {
      const words = condition.conditions.filter(isOfWords);
      const others = condition.conditions.filter((part) => !isOfWords(part));
      const parts = others.map((part) => compileCondition(part, asked, builder));
      const all = condition.kind === 'and' ? words : [{ kind: condition.kind, conditions: words }];
      if (words.length > 0) parts.unshift(hasWords(all, key, builder));
      return `(${parts.join(condition.kind === 'and' ? ' AND ' : ' OR ')})`;
    }
    case 'not':
      return `NOT (${compileCondition(condition.condition, asked, builder)})`;
    case 'text':
      return hasWords([condition], key, builder);
    case 'label':
      return exists(`${labelsOf} AND l.label_key = ANY (${builder.value(condition.keys)}::integer[])`);
    case 'userLabel':
      return exists(`${labelsOf} AND l.label_key >= ${firstUserLabelKey}`);
    case 'attachment':
      return ofMessage("m.attachment_names <> '[]'");
    case 'date':
      return ofMessage(between('m.internal_ms', condition.fromMs, condition.beforeMs, builder));
    case 'size':
      return ofMessage(between('m.size_bytes', condition.minBytes, condition.belowBytes, builder));
    case 'messageId': {
      const messageId = builder.value(condition.messageId);
      return ofMessage(`(md5(m.message_id) = md5(${messageId}::text) AND m.message_id = ${messageId})`);
    }
  }
}

/** All of them, one after the other. */
export function compileAll(conditions: readonly Condition[], asked: Asked, builder: SqlBuilder): string {
  return conditions.length === 0 ? 'TRUE' : compileCondition({ kind: 'and', conditions }, asked, builder);
}

function hasWords(conditions: readonly WordsCondition[], key: string, builder: SqlBuilder): string {
  const { indexed, read } = compileWords(conditions, builder);
  const where = read === undefined ? indexed : `${indexed} AND ${read}`;
  return exists(`message_text t WHERE t.account = $1 AND t.key = ${key} AND ${where}`);
}

/**
 * Asked of each row that is walked, newest first. A bare EXISTS would be joined, and every match sorted; without OFFSET 0
 * PostgreSQL answers it from a table of all matches in the mailbox, for which it reads the words of every message.
 */
export function exists(from: string): string {
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
