import { AppError } from '../../core/errors.ts';
import { demoAddress } from '../../local/demo/demo-messages.ts';
import { isReplaceable, isUnchangedCopy } from '../../local/migrate/copied-to.ts';
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

/** Throws `CONFLICT` for a copy that somebody changed, or that was made of something else: what is only there would be lost. */
export async function refuseChanged(owner: string, source: MailStore, copy: MailStore): Promise<void> {
  if (owner === demoAddress || (await isReplaceable(source, copy))) return;
  throw new AppError('CONFLICT', `The copy of ${owner} has changes of its own, which would be lost.`, {
    expected: 'no mailbox of that name, or a copy of this one that was not used since it was made',
    got: 'mail, labels or settings that are not from this source, or were changed since',
    hint: 'Move the other way, or delete the copy where it is (gmail-llm accounts remove), then run this again. Nothing of it was changed.',
  });
}
