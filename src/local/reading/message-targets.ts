import { AppError } from '../../core/errors.ts';
import type { MailRows } from '../../store/mail/mail-store.ts';
import type { MessageTarget } from '../../store/mail/message-rows.ts';

/** The messages of these ids, each once. Throws `NOT_FOUND`, naming those that are not there. */
export async function findTargets(rows: MailRows, ids: readonly string[]): Promise<readonly MessageTarget[]> {
  const targets = await rows.messages.targets(ids);
  const found = new Set(targets.map(({ id }) => id));
  const unknown = [...new Set(ids)].filter((id) => !found.has(id));
  if (unknown.length === 0) return targets;
  throw new AppError('NOT_FOUND', `There is no message ${unknown.join(', ')}; nothing was changed.`, {
    field: 'ids',
    got: unknown.join(', '),
  });
}
