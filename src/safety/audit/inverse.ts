import * as z from 'zod';
import type { LabelChange } from '../../mail/mailbox.ts';
import type { LabelFields } from '../../mail/message.ts';
import type { FilterFields, SendAsFields, Settings } from '../../mail/settings.ts';

/** A value as this program wrote it from the type; the file's format number stands for its shape. */
const stored = <T>() => z.custom<T>((value) => typeof value === 'object' && value !== null);

interface SettingInverse {
  readonly name: keyof Settings;
  readonly value: Settings[keyof Settings];
  readonly expected: Settings[keyof Settings];
}

/**
 * What takes a change back, in the words of the mailbox's own methods. `expected` is what the change left behind: where
 * that is no longer so, somebody has gone on from there and nothing may be taken back.
 */
export const inverse = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('modifyMessages'), changes: z.array(stored<LabelChange>()) }),
  z.object({ kind: z.literal('deleteLabel'), id: z.string(), expected: stored<LabelFields>() }),
  z.object({
    kind: z.literal('updateLabel'),
    id: z.string(),
    fields: stored<LabelFields>(),
    expected: stored<LabelFields>(),
  }),
  /** `hadMore`: the label was on older messages too, which are not kept. */
  z.object({
    kind: z.literal('createLabel'),
    fields: stored<LabelFields>(),
    messageIds: z.array(z.string()),
    hadMore: z.boolean(),
  }),
  /** `expected` is the id of the draft's message, which is new after every change. */
  z.object({ kind: z.literal('deleteDraft'), id: z.string(), expected: z.string() }),
  z.object({
    kind: z.literal('updateDraft'),
    id: z.string(),
    rawBase64: z.string(),
    threadId: z.string(),
    expected: z.string(),
  }),
  z.object({ kind: z.literal('createDraft'), rawBase64: z.string(), threadId: z.string() }),
  z.object({ kind: z.literal('deleteFilter'), id: z.string() }),
  z.object({ kind: z.literal('createFilter'), fields: stored<FilterFields>() }),
  z.object({ kind: z.literal('updateSetting'), setting: stored<SettingInverse>() }),
  z.object({
    kind: z.literal('updateSendAs'),
    email: z.string(),
    fields: stored<SendAsFields>(),
    expected: stored<SendAsFields>(),
    defaultBefore: z.string(),
  }),
  z.object({
    kind: z.literal('deleteSendAs'),
    email: z.string(),
    expected: stored<SendAsFields>(),
    defaultBefore: z.string(),
  }),
  z.object({ kind: z.literal('createSendAs'), email: z.string(), fields: stored<SendAsFields>() }),
  z.object({ kind: z.literal('deleteForwardingAddress'), email: z.string() }),
  z.object({ kind: z.literal('createForwardingAddress'), email: z.string() }),
  z.object({ kind: z.literal('deleteDelegate'), email: z.string() }),
  z.object({ kind: z.literal('createDelegate'), email: z.string() }),
]);
export type Inverse = z.output<typeof inverse>;
