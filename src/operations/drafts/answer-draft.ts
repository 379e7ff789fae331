import * as z from 'zod';
import type { DraftSummary } from '../../mail/mailbox.ts';
import { DryRunEnd } from '../../safety/audit/recorded-mailbox.ts';
import { draftSummary } from '../messages/message-schemas.ts';
import type { AnswerText, Fenced } from '../kernel/answer-text.ts';
import { oneLine } from '../kernel/render-text.ts';
import { parseOutgoing, previewOf } from '../sending/preview-message.ts';

/** A draft as it is filed, with what its writer should know. */
export const filedDraft = draftSummary
  .unwrap()
  .extend({ warnings: z.array(z.string()).readonly() })
  .readonly()
  .meta({ id: 'FiledDraft' });

export type FiledDraftView = z.output<typeof filedDraft>;

/** A sentence where the message did not join the thread it was meant for; else none. */
export function threadWarning(wanted: string | undefined, actual: string): readonly string[] {
  return wanted === undefined || wanted === actual
    ? []
    : [`It did not join the thread ${wanted}: it is in a thread of its own, ${actual}.`];
}

/** A draft of the mailbox as lists show it. */
export function draftView({ id, message }: DraftSummary): Omit<FiledDraftView, 'warnings'> {
  return { ...message, id, message: { id: message.id, threadId: message.threadId } };
}

/** What a message says of itself and what the server noticed: fenced, as the notes name addresses and files too. */
export function fenceWithWarnings(
  title: string,
  lines: readonly string[],
  warnings: readonly string[],
): readonly Fenced[] {
  const notes = {
    title: 'notes of the server, names and addresses as written',
    text: warnings.map((one) => oneLine(one)).join('\n'),
  };
  return [{ sections: [{ title, text: lines.join('\n') }, ...(warnings.length === 0 ? [] : [notes])] }];
}

/** A draft for a model: where it is, to whom it would go, what is odd about it. */
export function renderDraft(verb: string, draft: FiledDraftView): AnswerText {
  const { id, message, warnings } = draft;
  return [
    `${verb} draft ${id}, message ${message.id}, thread ${message.threadId}`,
    ...fenceWithWarnings('draft', draftLines(draft), warnings),
  ];
}

/** Whom a draft goes to, what it is called and what it carries, one line each. */
export function draftLines({
  to,
  cc,
  bcc,
  subject,
  attachmentNames,
}: Pick<FiledDraftView, 'to' | 'cc' | 'bcc' | 'subject' | 'attachmentNames'>): readonly string[] {
  return [
    `To: ${oneLine(to) || '(nobody yet)'}`,
    ...(cc === '' ? [] : [`Cc: ${oneLine(cc)}`]),
    ...(bcc === '' ? [] : [`Bcc: ${oneLine(bcc)}`]),
    `Subject: ${oneLine(subject) || '(none)'}`,
    ...(attachmentNames.length === 0
      ? []
      : [`Attached: ${oneLine(attachmentNames.map((name) => oneLine(name, 80)).join(', '), 2000)}`]),
  ];
}

/** Makes a change of a draft; a dry run tells what the draft would say, too. */
export async function tellingInDryRun<T>(
  { raw, warnings }: { readonly raw: Uint8Array; readonly warnings: readonly string[] },
  signal: AbortSignal,
  change: () => Promise<T>,
): Promise<T> {
  try {
    return await change();
  } catch (error) {
    if (!(error instanceof DryRunEnd)) throw error;
    const { method, target, from } = error.change;
    const shown = previewOf(await parseOutgoing(raw, signal));
    throw new DryRunEnd(method, { ...Object(target), ...shown, warnings }, from);
  }
}
