import type { PoolClient, QueryConfig } from 'pg';
import type { Parameter } from './database.ts';
import { backendOf } from './driver.ts';

/** A statement whose text is always the same. It selects columns by name: with `*` it fails where a table gets another. */
export interface PreparedStatement {
  readonly name: string;
  readonly text: string;
}

let made = 0;

/**
 * A statement that is run often: a connection has it parsed, and after some runs planned, once, which takes longer than running
 * it does. To be called once for each text. Not for one whose plan depends on what its parameters are.
 */
export function prepared(text: string): PreparedStatement {
  made += 1;
  return { name: `gmail_llm_${made}`, text };
}

/** Texts of changes that get a name; what a connection then keeps of one takes the server some 20 KB. */
const mostNamed = 300;
/** A text gets its name when it is used so often: some come once. */
const usesBefore = 3;

/** Uses of texts that have no name yet, and those that have one. */
const uses = new Map<string, number>();
const named = new Map<string, PreparedStatement>();

/** The statement of a change, prepared where its text comes often. */
function preparedIfOften(text: string): string | PreparedStatement {
  const known = named.get(text);
  if (known !== undefined || named.size >= mostNamed) return known ?? text;
  const count = (uses.get(text) ?? 0) + 1;
  // What came once is forgotten with everything else that did.
  if (uses.size > 10 * mostNamed) uses.clear();
  uses.set(text, count);
  if (count < usesBefore) return text;
  uses.delete(text);
  const statement = prepared(text);
  named.set(text, statement);
  return statement;
}

/** Connections that lead to one process of the server: behind a pooler each transaction may be another's. */
const direct = new WeakSet<PoolClient>();

/** Notes which process of the server (`pg_backend_pid()`) a connection leads to. A pooler tells its clients a number of its own. */
export function noteServerProcess(client: PoolClient, pid: unknown): void {
  if (pid === backendOf(client).processId) direct.add(client);
  else direct.delete(client);
}

/** What the driver is told to run; `isChange` says that it is part of one, whose statements have few texts. */
export function configOf(
  client: PoolClient,
  statement: string | PreparedStatement,
  parameters: readonly Parameter[],
  isChange: boolean,
): QueryConfig {
  const values = parameters.length === 0 ? {} : { values: [...parameters] };
  const isKept = isChange && parameters.length > 0 && direct.has(client);
  const chosen = isKept && typeof statement === 'string' ? preparedIfOften(statement) : statement;
  if (typeof chosen === 'string') return { text: chosen, ...values };
  return direct.has(client) ? { ...chosen, ...values } : { text: chosen.text, ...values };
}
