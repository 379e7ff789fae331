import { AppError } from '../../core/errors.ts';
import { demoAddress } from '../../local/demo/demo-messages.ts';
import type { Assembly } from '../../server/assemble.ts';
import { finalStates, sendStates } from '../../store/outbox/send-states.ts';

/** Throws `NOT_FOUND` for an address without a local mailbox, `INVALID_INPUT` for the demo mailbox. */
export async function requireLocalMailbox({ services: { mailboxes } }: Assembly, address: string): Promise<void> {
  if (address === demoAddress) {
    throw new AppError('INVALID_INPUT', 'The demo mailbox is made by the program itself.', {
      field: 'ADDRESS',
      expected: 'an account of your own',
      got: address,
      hint: 'It steps aside as soon as you import mail or log in.',
    });
  }
  if (await mailboxes.has(address)) return;
  const own = (await mailboxes.list()).filter((each) => each !== demoAddress);
  throw new AppError('NOT_FOUND', `There is no local mailbox of ${address}.`, {
    field: 'ADDRESS',
    expected: own.join(' or ') || 'an account that was imported',
    got: address,
  });
}

/** Throws `CONFLICT` while messages of the account wait to be sent: nobody could send them under its address any more. */
export async function requireNothingToSend({ services: { safety } }: Assembly, address: string): Promise<void> {
  if (!safety.hasOutbox()) return;
  const counts = await safety.outboxStore().count(address);
  const states = sendStates.filter((state) => !finalStates.includes(state));
  const waiting = states.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
  if (waiting === 0) return;
  throw new AppError('CONFLICT', `Messages of ${address} are not sent yet: ${waiting}.`, {
    hint: `See \`gmail-llm outbox\`; send, reject or cancel them first.`,
  });
}
