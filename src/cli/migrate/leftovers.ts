import { AppError } from '../../core/errors.ts';
import { demoAddress } from '../../local/demo/demo-messages.ts';
import { isUnchangedCopy } from '../../local/migrate/copied-to.ts';
import type { MailStore } from '../../store/mail/mail-store.ts';
import type { Mailboxes } from '../../store/mail/mailboxes.ts';

/** Mailboxes of a copy that the source does not have. */
export interface Leftovers {
  /** What a copy had made and nobody has changed since: renamed or deleted in the source, and deleted now. */
  readonly removed: readonly string[];
  /** What was used there, or never came from the source. */
  readonly kept: readonly string[];
}

/** Deletes the mailboxes that a copy has made of what the source has no more, and names the others. */
export async function removeLeftovers(from: Mailboxes, to: Mailboxes): Promise<Leftovers> {
  const owners = new Set([...(await from.list()), demoAddress]);
  const removed: string[] = [];
  const kept: string[] = [];
  for (const owner of await to.list()) {
    if (owners.has(owner)) continue;
    const store = await to.open(owner);
    const isUnchanged = await isUnchangedCopy(store).finally(() => store.close());
    if (isUnchanged) await to.remove(owner);
    (isUnchanged ? removed : kept).push(owner);
  }
  return { removed, kept };
}

/** Throws `CONFLICT` for a copy that was used since it was made: what came to it would be deleted. */
export async function refuseNewer(owner: string, source: MailStore, copy: MailStore): Promise<void> {
  if (owner === demoAddress) return;
  const [here, there] = [await source.once((rows) => rows.totals()), await copy.once((rows) => rows.totals())];
  if (there.historyId <= here.historyId) return;
  throw new AppError('CONFLICT', `The copy of ${owner} is newer than its source: it has been used since it was made.`, {
    expected: `history id ${here.historyId} or before`,
    got: `history id ${there.historyId}`,
    hint: 'Move the other way, or delete the copy where it is (gmail-llm accounts remove), then run this again. Nothing of it was changed.',
  });
}
