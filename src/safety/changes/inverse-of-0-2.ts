import * as z from 'zod';
import type { LabelChange, OutgoingMessage } from '../../mail/mailbox.ts';
import type { LabelFields } from '../../mail/message.ts';
import type { FilterFields, SendAsFields, Settings } from '../../mail/settings.ts';
import type { Inverse } from './change-kind.ts';
import { creating, plainLabel } from './label-changes.ts';
import { restoringDefault } from './setting-changes.ts';

/** A value as 0.2 wrote it from the type. */
const stored = <T>() => z.custom<T>((value) => typeof value === 'object' && value !== null);

const id = z.string();
const email = z.string();
const content = { rawBase64: z.base64(), threadId: z.string() };
const setting = stored<{
  readonly name: keyof Settings;
  readonly value: Settings[keyof Settings];
  readonly expected: Settings[keyof Settings];
}>();
const labelFields = stored<LabelFields>();
const sendAsFields = stored<SendAsFields>();

const inverse = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('modifyMessages'), changes: z.array(stored<LabelChange>()) }),
  z.object({ kind: z.literal('deleteLabel'), id, expected: labelFields }),
  z.object({ kind: z.literal('updateLabel'), id, fields: labelFields, expected: labelFields }),
  z.object({ kind: z.literal('createLabel'), fields: labelFields, messageIds: z.array(id) }),
  z.object({ kind: z.literal('deleteDraft'), id, expected: id }),
  z.object({ kind: z.literal('updateDraft'), id, ...content, expected: id }),
  z.object({ kind: z.literal('createDraft'), ...content }),
  z.object({ kind: z.literal('deleteFilter'), id }),
  z.object({ kind: z.literal('createFilter'), fields: stored<FilterFields>() }),
  z.object({ kind: z.literal('updateSetting'), setting }),
  z.object({
    kind: z.literal('updateSendAs'),
    email,
    fields: sendAsFields,
    expected: sendAsFields,
    defaultBefore: email,
  }),
  z.object({ kind: z.literal('deleteSendAs'), email, expected: sendAsFields, defaultBefore: email }),
  z.object({ kind: z.literal('createSendAs'), email, fields: sendAsFields }),
  z.object({ kind: z.enum(['deleteForwardingAddress', 'createForwardingAddress']), email }),
  z.object({ kind: z.enum(['deleteDelegate', 'createDelegate']), email }),
]);

function outgoing({ rawBase64, threadId }: { rawBase64: string; threadId: string }): OutgoingMessage {
  return { raw: Buffer.from(rawBase64, 'base64'), threadId };
}

function stepsOf(old: z.output<typeof inverse>): Inverse['steps'] {
  switch (old.kind) {
    case 'modifyMessages':
      return old.changes.map((change) => ({ method: old.kind, args: [change] }));
    case 'deleteLabel':
    case 'deleteDraft':
      return [{ method: old.kind, args: [old.id], expected: old.expected }];
    case 'updateLabel':
      return [{ method: old.kind, args: [old.id, { ...plainLabel, ...old.fields }], expected: old.expected }];
    case 'createLabel':
      return creating(old.fields, old.messageIds);
    case 'updateDraft':
      return [{ method: old.kind, args: [old.id, outgoing(old)], expected: old.expected }];
    case 'createDraft':
      return [{ method: old.kind, args: [outgoing(old)], otherwise: [{ raw: outgoing(old).raw }] }];
    case 'deleteFilter':
      return [{ method: old.kind, args: [old.id] }];
    case 'createFilter':
      return [{ method: old.kind, args: [old.fields] }];
    case 'updateSetting':
      return [{ method: old.kind, args: [old.setting.name, old.setting.value], expected: old.setting.expected }];
    case 'updateSendAs': {
      const { isDefault: _, ...fields } = old.fields;
      return [
        { method: old.kind, args: [old.email, fields], expected: old.expected },
        ...restoringDefault(old.email, old.expected, old.defaultBefore),
      ];
    }
    case 'deleteSendAs':
      return [
        ...restoringDefault(old.email, old.expected, old.defaultBefore),
        { method: old.kind, args: [old.email], expected: old.expected },
      ];
    case 'createSendAs':
      return [{ method: old.kind, args: [old.email, old.fields] }];
    case 'deleteForwardingAddress':
    case 'createForwardingAddress':
    case 'deleteDelegate':
    case 'createDelegate':
      return [{ method: old.kind, args: [old.email] }];
  }
}

/** The inverse that 0.2 stored, as this version has it: one step for each of what it named. */
export function inverseOf02(value: unknown): Inverse {
  return { steps: stepsOf(inverse.parse(value)), text: 'It is as it was before.' };
}
