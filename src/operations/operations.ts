import { getProfile } from './get-profile.ts';
import { listChanges } from './list-changes.ts';
import { listLabels } from './list-labels.ts';
import { modifyMessages, trashMessages, untrashMessages } from './modify-messages.ts';
import type { Operation } from './operation.ts';
import { readAttachment } from './read-attachment.ts';
import { readMessage, readRawMessage } from './read-message.ts';
import { readThread } from './read-thread.ts';
import { searchMessages } from './search-messages.ts';

/** Every operation there is, in the order in which doors list them. */
export const operations: readonly Operation[] = [
  searchMessages,
  readMessage,
  readRawMessage,
  readThread,
  readAttachment,
  getProfile,
  listLabels,
  modifyMessages,
  trashMessages,
  untrashMessages,
  listChanges,
];
