import { finishMessage, recipientsOf } from './finish-message.ts';
import type { MessageInput, WritingTime, WrittenMessage } from './message-input.ts';

/**
 * A new message. Throws `INVALID_INPUT` naming the field (a line break in a header value, something that is no address,
 * a file name that is a path), `TOO_LARGE` above Gmail's limit.
 */
export function writeMessage(input: MessageInput, time: WritingTime): WrittenMessage {
  return finishMessage({
    input,
    time,
    to: recipientsOf(input.to, 'to'),
    cc: recipientsOf(input.cc, 'cc'),
    subject: input.subject ?? '',
  });
}
