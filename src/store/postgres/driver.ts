import type { ClientBase, QueryConfig } from 'pg';

/** A statement with how long its answer is waited for. */
export function bounded(statement: QueryConfig, patienceMs: number): QueryConfig & { readonly query_timeout: number } {
  return { ...statement, query_timeout: patienceMs };
}

/** What the server, or the pooler in between, has named a connection by. The driver has it, and does not say so in its types. */
export function backendOf(client: ClientBase): { readonly processId: unknown; readonly secretKey: unknown } {
  return { processId: Reflect.get(client, 'processID'), secretKey: Reflect.get(client, 'secretKey') };
}
