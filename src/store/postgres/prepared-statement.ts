import type { PoolClient, QueryConfig } from 'pg';
import type { Parameter } from './database.ts';

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

/** Connections that lead to one process of the server: behind a pooler each transaction may be another's. */
const direct = new WeakSet<PoolClient>();

/** Notes which process of the server (`pg_backend_pid()`) a connection leads to. A pooler tells its clients a number of its own. */
export function noteServerProcess(client: PoolClient, pid: unknown): void {
  if (pid === Reflect.get(client, 'processID')) direct.add(client);
  else direct.delete(client);
}

/** What the driver is told to run. */
export function configOf(
  client: PoolClient,
  statement: string | PreparedStatement,
  parameters: readonly Parameter[],
): QueryConfig {
  const values = parameters.length === 0 ? {} : { values: [...parameters] };
  if (typeof statement === 'string') return { text: statement, ...values };
  return direct.has(client) ? { ...statement, ...values } : { text: statement.text, ...values };
}
