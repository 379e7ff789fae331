import type { ChangeKind, ChangeMethod } from './change-kind.ts';
import { createDraft, deleteDraft, updateDraft } from './draft-changes.ts';
import { createLabel, deleteLabel, updateLabel } from './label-changes.ts';
import { deleteMessages, importMessage, modifyMessages } from './message-changes.ts';
import {
  createDelegate,
  createFilter,
  createForwardingAddress,
  createSendAs,
  deleteDelegate,
  deleteFilter,
  deleteForwardingAddress,
  deleteSendAs,
  updateSendAs,
  updateSetting,
} from './setting-changes.ts';

/** Every method that changes a mailbox, with everything that is to be known of it. One without a row does not compile. */
export const changeTable = {
  modifyMessages,
  deleteMessages,
  importMessage,
  createLabel,
  updateLabel,
  deleteLabel,
  createDraft,
  updateDraft,
  deleteDraft,
  createFilter,
  deleteFilter,
  updateSetting,
  createSendAs,
  updateSendAs,
  deleteSendAs,
  createForwardingAddress,
  deleteForwardingAddress,
  createDelegate,
  deleteDelegate,
} satisfies { readonly [M in ChangeMethod]: ChangeKind<M> };

type StateBefore<Kind> = Kind extends ChangeKind<ChangeMethod, infer Before> ? Before : never;

/** What is read before each kind of change. */
export type ChangeBefores = { readonly [M in ChangeMethod]: StateBefore<(typeof changeTable)[M]> };

/** Whether a name is that of a method that changes a mailbox. */
export function isChangeMethod(name: string): name is ChangeMethod {
  return Object.hasOwn(changeTable, name);
}
