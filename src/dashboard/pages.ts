import type { Action, Page } from './page.ts';
import { approvalsPage } from './pages/approvals.ts';
import { auditActions, auditPage, changePage, verifyPage } from './pages/audit.ts';
import { nowPage } from './pages/now.ts';
import { outboxActions, outboxEntryPage, outboxPage } from './pages/outbox.ts';
import { programActions, programPage } from './pages/program.ts';
import { sessionActions, sessionsPage } from './pages/sessions.ts';

/** Every page, in the order of the navigation. */
export const pages: readonly Page[] = [
  nowPage,
  programPage,
  approvalsPage,
  outboxPage,
  outboxEntryPage,
  auditPage,
  verifyPage,
  changePage,
  sessionsPage,
];

/** Everything that a form of a page can do. */
export const actions: readonly Action[] = [...programActions, ...outboxActions, ...auditActions, ...sessionActions];
