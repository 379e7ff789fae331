import type { MailStore } from '../../store/mail/mail-store.ts';

/**
 * Takes history ids for changes of a message that nobody can see, as Gmail does with mail that is sent (four of them were
 * recorded): their records name the message and say no more of it.
 */
export async function noteChanges(store: MailStore, messageId: string, count: number): Promise<void> {
  await store.write(async (rows) => {
    const [target] = await rows.messages.targets([messageId]);
    if (target === undefined) return;
    const first = await rows.history.take(count);
    const { threadKey } = target;
    const changes = Array.from({ length: count }, (_, index) => ({
      historyId: first + index,
      kind: 'relabelled' as const,
      messageId,
      threadKey,
      labelsAdded: [],
      labelsRemoved: [],
    }));
    await rows.history.record(changes);
  });
}
