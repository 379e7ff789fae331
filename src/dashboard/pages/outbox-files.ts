import { AppError } from '../../core/errors.ts';
import type { ParsedMail } from '../../mail/message.ts';
import { parseRaw } from '../../operations/messages/message-view.ts';
import type { MailFile } from '../page.ts';
import type { PageCall } from '../page-call.ts';
import { sendDownload, sendFrame } from './send-mail-file.ts';

/** A message as it will be sent. Throws `NOT_FOUND` for one that is over: only its facts are kept. */
async function outgoing({ fields: { id = '' }, services: { safety }, signal }: PageCall): Promise<ParsedMail> {
  const raw = safety.hasOutbox() ? await safety.outboxStore().raw(id) : undefined;
  if (raw === undefined) throw new AppError('NOT_FOUND', `No message ${id} is kept in the outbox.`, { got: id });
  return (await parseRaw(raw, signal)).parsed;
}

const frame: MailFile = {
  path: '/outbox/{id}/frame',
  async serve(call, response) {
    await sendFrame(response, await outgoing(call));
  },
};

const attachment: MailFile = {
  path: '/outbox/{id}/attachments/{number}',
  async serve(call, response) {
    const { number = '' } = call.fields;
    const file = (await outgoing(call)).attachments[Number(number) - 1];
    if (file === undefined) throw new AppError('NOT_FOUND', `There is no attachment ${number}.`, { got: number });
    sendDownload(response, file);
  },
};

/** What of a message that waits is no page of ours. */
export const outboxFiles: readonly MailFile[] = [frame, attachment];
