import { getLogLevels, setLogLevel } from './admin/log-levels.ts';
import { listAudit } from './admin/list-audit.ts';
import { listJobs } from './admin/list-jobs.ts';
import { explainPolicy } from './admin/explain-policy.ts';
import { getPolicy } from './admin/get-policy.ts';
import { createTokenOperation, listTokensOperation, revokeTokenOperation } from './admin/token-operations.ts';
import { listDeliveries, resendDelivery } from './admin/webhook-deliveries.ts';
import {
  createWebhook,
  deleteWebhook,
  listWebhooks,
  rotateSecret,
  tryWebhook,
  updateWebhook,
} from './admin/webhook-operations.ts';
import { listAllAccounts } from './admin/list-all-accounts.ts';
import { listSync } from './admin/list-sync.ts';
import { removeAccount } from './admin/remove-account.ts';
import { listProcesses } from './admin/list-processes.ts';
import { runDoctor } from './admin/run-doctor.ts';
import { runJob } from './admin/run-job.ts';
import { verifyAudit } from './admin/verify-audit.ts';
import { approveSend, cancelSend, rejectSend, retrySend } from './admin/decide-send.ts';
import { editSend } from './admin/edit-send.ts';
import { getOutboxEntry } from './admin/get-outbox-entry.ts';
import { getSend } from './admin/get-send.ts';
import { listOutbox } from './admin/list-outbox.ts';
import { listAccounts } from './mailbox/list-accounts.ts';
import { createDraft } from './drafts/create-draft.ts';
import { createLabel } from './labels/create-label.ts';
import { deleteDraft } from './drafts/delete-draft.ts';
import { deleteLabel } from './labels/delete-label.ts';
import { deleteMessages } from './messages/delete-messages.ts';
import { createFilter } from './filters/create-filter.ts';
import { deleteFilter } from './filters/delete-filter.ts';
import { listFilters } from './filters/list-filters.ts';
import { getProfile } from './mailbox/get-profile.ts';
import { importMessage } from './messages/import-message.ts';
import { listChanges } from './mailbox/list-changes.ts';
import { getDraft } from './drafts/get-draft.ts';
import { listDrafts } from './drafts/list-drafts.ts';
import { getLabel } from './labels/get-label.ts';
import { listLabels } from './labels/list-labels.ts';
import { modifyMessages, trashMessages, untrashMessages } from './messages/modify-messages.ts';
import type { Operation } from './kernel/operation.ts';
import { readAttachment } from './messages/read-attachment.ts';
import { readMessage, readRawMessage } from './messages/read-message.ts';
import { modifyThreads, trashThreads, untrashThreads } from './threads/modify-threads.ts';
import { readMessages } from './messages/read-messages.ts';
import { readThread } from './threads/read-thread.ts';
import { searchMessages } from './messages/search-messages.ts';
import { searchThreads } from './threads/search-threads.ts';
import { sendDraft } from './sending/send-draft.ts';
import { sendMessage } from './sending/send-message.ts';
import { createDelegate } from './settings/create-delegate.ts';
import { createForwardingAddress } from './settings/create-forwarding-address.ts';
import { createSendAs } from './settings/create-send-as.ts';
import { deleteDelegate } from './settings/delete-delegate.ts';
import { deleteForwardingAddress } from './settings/delete-forwarding-address.ts';
import { deleteSendAs } from './settings/delete-send-as.ts';
import { getSettings } from './settings/get-settings.ts';
import { updateAutoForwarding } from './settings/update-auto-forwarding.ts';
import { updateImap } from './settings/update-imap.ts';
import { updateLanguage } from './settings/update-language.ts';
import { updatePop } from './settings/update-pop.ts';
import { updateSendAs } from './settings/update-send-as.ts';
import { updateVacation } from './settings/update-vacation.ts';
import { updateDraft } from './drafts/update-draft.ts';
import { undo } from './mailbox/undo.ts';
import { updateLabel } from './labels/update-label.ts';

/** Every operation there is, in the order in which servers list them. */
export const operations: readonly Operation[] = [
  searchMessages,
  readMessage,
  readRawMessage,
  readThread,
  readAttachment,
  getProfile,
  listLabels,
  listDrafts,
  modifyMessages,
  trashMessages,
  untrashMessages,
  createDraft,
  updateDraft,
  sendDraft,
  sendMessage,
  undo,
  deleteDraft,
  searchThreads,
  modifyThreads,
  trashThreads,
  untrashThreads,
  readMessages,
  getDraft,
  getLabel,
  createLabel,
  updateLabel,
  deleteLabel,
  listFilters,
  createFilter,
  deleteFilter,
  getSettings,
  updateVacation,
  updateSendAs,
  createSendAs,
  deleteSendAs,
  updateAutoForwarding,
  createForwardingAddress,
  deleteForwardingAddress,
  createDelegate,
  deleteDelegate,
  updateImap,
  updatePop,
  updateLanguage,
  listChanges,
  importMessage,
  deleteMessages,
  listAccounts,
  getSend,
  listOutbox,
  getOutboxEntry,
  approveSend,
  editSend,
  rejectSend,
  cancelSend,
  retrySend,
  listAudit,
  verifyAudit,
  listJobs,
  runJob,
  getLogLevels,
  setLogLevel,
  listProcesses,
  runDoctor,
  listAllAccounts,
  removeAccount,
  listSync,
  listTokensOperation,
  createTokenOperation,
  revokeTokenOperation,
  getPolicy,
  explainPolicy,
  listWebhooks,
  createWebhook,
  updateWebhook,
  rotateSecret,
  tryWebhook,
  deleteWebhook,
  listDeliveries,
  resendDelivery,
];
