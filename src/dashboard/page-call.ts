import type * as z from 'zod';
import type { Configuration } from '../core/configuration.ts';
import type { Home } from '../core/home.ts';
import { invoke } from '../operations/kernel/invoke.ts';
import type { Answer, Operation } from '../operations/kernel/operation.ts';
import type { Services } from '../operations/kernel/services.ts';
import type { Rights } from '../safety/tokens/check-token.ts';
import type { Session, SessionStore } from '../safety/sessions/session-store.ts';
import { formTokenOf } from '../safety/sessions/session-store.ts';
import { html, type Html, type Part } from './html/html.ts';
import type { CallHistory } from './logs/read-calls.ts';
import type { OpenedMessages } from './session/opened-messages.ts';
import type { Supervisor } from './supervisor.ts';

/** What pages and actions are made of, the same for all requests of the process. */
export interface DashboardParts {
  readonly home: Home;
  readonly configuration: Configuration;
  readonly services: Services;
  readonly sessions: SessionStore;
  readonly supervisor: Supervisor;
  readonly opened: OpenedMessages;
  readonly calls: CallHistory;
}

/** What a page is given for one request. */
export interface PageCall extends DashboardParts {
  readonly session: Session;
  /** The parts of the path that the page's pattern names. */
  readonly fields: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Whether somebody is about to see the page: not where it is read ahead, for its head alone, or again for a part of it. */
  readonly isShown: boolean;
  /** By the clock that hosts share. */
  readonly nowMs: number;
  readonly signal: AbortSignal;
  /** The address of a page below the session's path. */
  link(path: string, query?: Readonly<Record<string, string | undefined>>): string;
  /** A form that calls the action of this path, with what it needs to be let in. */
  form(path: string, ...content: readonly Part[]): Html;
  /** What an operation returns to the owner. Throws as `invoke` does. */
  invoke(operation: Operation, input: unknown): Promise<Answer>;
  /** The same as the value of `schema`, the operation's own output. */
  read<Schema extends z.ZodType>(operation: Operation, schema: Schema, input: unknown): Promise<z.output<Schema>>;
}

/** Where the pages of a session are. The cookie's path is the same, so no other address is sent it. */
export function sessionPath(name: string): string {
  return `/s/${name}`;
}

export function makePageCall(
  parts: DashboardParts,
  request: Pick<PageCall, 'session' | 'fields' | 'query' | 'isShown' | 'signal'> & {
    readonly rights: Rights;
    readonly secret: string;
  },
): PageCall {
  const { rights, secret, ...facts } = request;
  const base = sessionPath(facts.session.name);
  const call: PageCall = {
    ...parts,
    ...facts,
    nowMs: parts.services.now(),
    link(path, query = {}) {
      const given = new URLSearchParams();
      for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, value);
      return given.size === 0 ? `${base}${path}` : `${base}${path}?${given.toString()}`;
    },
    form: (path, ...content) =>
      html`<form method="post" action="${base}${path}">
        <input type="hidden" name="form" value="${formTokenOf(secret)}" />${content}
      </form>`,
    invoke: (operation, input) =>
      invoke(parts.services, operation, input, { ...rights, signal: facts.signal, approver: 'session' }),
    async read(operation, schema, input) {
      const answer = await call.invoke(operation, input);
      return schema.parse(answer.kind === 'json' ? answer.value : undefined);
    },
  };
  return call;
}
