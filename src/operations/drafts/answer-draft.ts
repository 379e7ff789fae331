import * as z from 'zod';
import type { DraftSummary } from '../../mail/mailbox.ts';
import { DryRunEnd } from '../../safety/audit/recorded-mailbox.ts';
import { draftSummary } from '../messages/message-schemas.ts';
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

/** Lines of warnings for a model. */
export function renderWarnings(warnings: readonly string[]): string {
  return warnings.map((warning) => `\nNote: ${oneLine(warning)}`).join('');
}

/** A draft for a model: where it is, to whom it would go, what is odd about it. */
export function renderDraft(verb: string, draft: FiledDraftView): string {
  const { id, to, cc, bcc, subject, attachmentNames, message, warnings } = draft;
  const recipients = [
    to === '' ? 'to nobody yet' : `to ${oneLine(to)}`,
    ...(cc === '' ? [] : [`cc ${oneLine(cc)}`]),
    ...(bcc === '' ? [] : [`bcc ${oneLine(bcc)}`]),
  ].join(', ');
  const files = attachmentNames.length === 0 ? '' : `, ${attachmentNames.map((name) => oneLine(name, 80)).join(', ')}`;
  return `${verb} draft ${id} ${recipients}: ${oneLine(subject) || '(no subject)'}${files} | message ${message.id} thread ${message.threadId}${renderWarnings(warnings)}`;
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
