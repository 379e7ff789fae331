import { parseMime } from '../../mail/mime/parse-mime.ts';
import type { IncomingMessage } from '../arrival/incoming.ts';
import type { LocalMailbox } from '../open-local-mailbox.ts';
import type { DemoMail } from './demo-mail.ts';

/** The mark of a mailbox that holds all demo mail of this version. */
const filledMark = { name: 'demo', value: '1' };

/**
 * Fills the demo mailbox once: about 60 messages whose dates count back from `now`. A filled one stays as its user left
 * it. Two processes that fill it at once, or one that was stopped halfway, leave the same mailbox without duplicates.
 */
export async function fillDemoMailbox(mailbox: LocalMailbox, now: Date): Promise<void> {
  if ((await mailbox.getMark(filledMark.name)) === filledMark.value) return;
  // Loaded here, since only the first start needs it.
  const { demoMail, welcomeMail } = await import('./demo-mail.ts');
  // The first to store the welcome message sets the date that the dates of all other messages count back from.
  const [outcome] = await mailbox.addMessages([await incomingOf(welcomeMail(now.getTime()))]);
  const madeMs =
    outcome?.kind === 'duplicate' ? Number((await mailbox.getMessage(outcome.id)).summary.internalDate) : now.getTime();
  const messages = await Promise.all(demoMail(madeMs).map(incomingOf));
  await mailbox.addMessages(messages, { mark: filledMark });
}

async function incomingOf({ raw, internalDateMs, labels }: DemoMail): Promise<IncomingMessage> {
  return { raw, internalDateMs, labels, parsed: await parseMime(raw) };
}
