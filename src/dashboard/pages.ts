import type { Action, Page } from './page.ts';
import { nowPage } from './pages/now.ts';
import { programActions, programPage } from './pages/program.ts';
import { sessionActions, sessionsPage } from './pages/sessions.ts';

/** Every page, in the order of the navigation. */
export const pages: readonly Page[] = [nowPage, programPage, sessionsPage];

/** Everything that a form of a page can do. */
export const actions: readonly Action[] = [...programActions, ...sessionActions];
