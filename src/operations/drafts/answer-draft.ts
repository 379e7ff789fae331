import * as z from 'zod';
import type { DraftSummary, OutgoingMessage } from '../../mail/mailbox.ts';
import type { Applied, DryRun } from '../../safety/changes/dry-run.ts';
import { shortSummary } from '../messages/listed-summary.ts';
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
  return { ...shortSummary(message), id, message: { id: message.id, threadId: message.threadId } };
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

/** A message as a mailbox files it as a draft. */
export function outgoingOf({
  raw,
  threadId,
}: {
  readonly raw: Uint8Array;
  readonly threadId?: string;
}): OutgoingMessage {
  return { raw, ...(threadId === undefined ? {} : { threadId }) };
}

/** What came of changing a draft; a dry run says what the draft would say, too. */
export async function draftAnswer(
  applied: Applied<DraftSummary, unknown>,
  {
    raw,
    threadId,
    warnings,
  }: { readonly raw: Uint8Array; readonly warnings: readonly string[]; readonly threadId?: string },
  signal: AbortSignal,
): Promise<FiledDraftView | DryRun> {
  if (applied.kind === 'done') {
    const draft = applied.result;
    return { ...draftView(draft), warnings: [...warnings, ...threadWarning(threadId, draft.message.threadId)] };
  }
  const target = { ...Object(applied.change.target), ...previewOf(await parseOutgoing(raw, signal)), warnings };
  return { ...applied, change: { ...applied.change, target } };
}
