import { AppError } from '../../core/errors.ts';
import type { Database } from '../../store/sqlite/database.ts';
import { integerOf } from '../../store/sqlite/database.ts';

/** A message as a change names it. */
export interface MessageTarget {
  readonly id: string;
  readonly key: number;
  readonly threadKey: number;
}

/** The messages of these ids, each once. Throws `NOT_FOUND`, naming those that are not there. */
export function findTargets(mailbox: Database, ids: readonly string[]): readonly MessageTarget[] {
  const unknown: string[] = [];
  const targets = [...new Set(ids)].flatMap((id): MessageTarget[] => {
    const row = mailbox.get('SELECT id, thread_key FROM message WHERE gmail_id = ?', id);
    if (row !== undefined) return [{ id, key: integerOf(row, 'id'), threadKey: integerOf(row, 'thread_key') }];
    unknown.push(id);
    return [];
  });
  if (unknown.length === 0) return targets;
  throw new AppError('NOT_FOUND', `There is no message ${unknown.join(', ')}; nothing was changed.`, {
    field: 'ids',
    got: unknown.join(', '),
  });
}
