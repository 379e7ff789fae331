import { createHash } from 'node:crypto';
import type { LocalMailbox } from '../open-local-mailbox.ts';

/** Where an import puts its messages: a mailbox, or nowhere. */
export type ImportTarget = Pick<LocalMailbox, 'addMessages' | 'getMark' | 'finishImport'>;

/**
 * Stores nothing, and reports what a mailbox would: the messages that are there already, or earlier in the same import,
 * are duplicates. `mailbox` is undefined where there is none yet. Archives are read from their beginning, as nothing
 * can be marked.
 */
export function dryRunTarget(mailbox: Pick<LocalMailbox, 'findStored'> | undefined): ImportTarget {
  const seen = new Set<string>();
  return {
    async addMessages(batch) {
      const stored = await mailbox?.findStored(batch.map(({ raw }) => raw));
      return batch.map(({ raw }, index) => {
        const hash = createHash('sha256').update(raw).digest('base64');
        const isKnown = stored?.[index] === true || seen.has(hash);
        seen.add(hash);
        return { kind: isKnown ? 'duplicate' : 'added', id: '' };
      });
    },
    getMark: () => Promise.resolve(undefined),
    finishImport: () => Promise.resolve(),
  };
}
