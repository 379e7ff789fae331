import type { Action, MailFile, Page } from './page.ts';
import { accountsPage } from './pages/accounts.ts';
import { callsPage } from './pages/calls.ts';
import { eventActions, eventsPage } from './pages/events.ts';
import { jobActions, jobsPage } from './pages/jobs.ts';
import { logsPage } from './pages/logs.ts';
import { doctorPage, settingsPage } from './pages/settings.ts';
import { mailFiles } from './pages/mail-files.ts';
import { mailPage } from './pages/mail.ts';
import { messageActions, messagePage } from './pages/message.ts';
import { approvalActions, approvalsPage } from './pages/approvals.ts';
import { auditActions, auditPage, changePage, verifyPage } from './pages/audit.ts';
import { nowPage } from './pages/now.ts';
import { editActions } from './pages/edit-message.ts';
import { outboxActions, outboxEntryPage, outboxPage } from './pages/outbox.ts';
import { outboxFiles } from './pages/outbox-files.ts';
import { policyPage } from './pages/policy.ts';
import { programActions, programPage } from './pages/program.ts';
import { sessionActions, sessionsPage } from './pages/sessions.ts';
import { tokenActions, tokensPage } from './pages/tokens.ts';
import { webhookActions, webhookPage } from './pages/webhook.ts';

/** Every page, in the order of the navigation. */
export const pages: readonly Page[] = [
  nowPage,
  programPage,
  approvalsPage,
  outboxPage,
  outboxEntryPage,
  mailPage,
  messagePage,
  auditPage,
  verifyPage,
  changePage,
  accountsPage,
  policyPage,
  eventsPage,
  webhookPage,
  callsPage,
  jobsPage,
  logsPage,
  settingsPage,
  doctorPage,
  tokensPage,
  sessionsPage,
];

/** Everything that a form of a page can do. */
export const actions: readonly Action[] = [
  ...programActions,
  ...approvalActions,
  ...outboxActions,
  ...editActions,
  ...auditActions,
  ...messageActions,
  ...jobActions,
  ...eventActions,
  ...webhookActions,
  ...tokenActions,
  ...sessionActions,
];

/** What is served below a session beside pages. */
export const files: readonly MailFile[] = [...mailFiles, ...outboxFiles];
