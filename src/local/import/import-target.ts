import { hashOf } from '../arrival/hash-of.ts';
import type { LocalMailbox } from '../open-local-mailbox.ts';

/** The mailbox into which messages are imported. */
export type ImportedMailbox = Pick<
  LocalMailbox,
  'emailAddress' | 'getProfile' | 'addMessages' | 'findStored' | 'getMark' | 'finishImport'
>;

/** What stores nothing: of messages no more is needed than their hash. */
interface DryRunTarget extends Pick<LocalMailbox, 'addMessages' | 'getMark' | 'finishImport'> {
  readonly isDryRun: true;
}

/** Where an import puts its messages: a mailbox, or nowhere. */
export type ImportTarget = ImportedMailbox | DryRunTarget;

/**
 * Stores nothing, and reports what a mailbox would: the messages that are there already, or earlier in the same import,
 * are duplicates. `mailbox` is undefined where there is none yet. Archives are read from their beginning, as nothing
 * can be marked.
 */
export function dryRunTarget(mailbox: Pick<LocalMailbox, 'findStored'> | undefined): ImportTarget {
  const seen = new Set<string>();
  return {
    isDryRun: true,
    async addMessages(batch) {
      const hashes = batch.map((message) => ('raw' in message ? hashOf(message.raw) : message.sha256));
      const stored = await mailbox?.findStored(hashes);
      return hashes.map((sha256, index) => {
        const hash = Buffer.from(sha256).toString('base64');
        const isKnown = stored?.[index] === true || seen.has(hash);
        seen.add(hash);
        return { kind: isKnown ? 'duplicate' : 'added', id: '' };
      });
    },
    getMark: () => Promise.resolve(undefined),
    finishImport: () => Promise.resolve(),
  };
}
