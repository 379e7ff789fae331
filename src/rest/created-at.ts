import { isJsonObject } from '../core/json-object.ts';
import type { Operation } from '../operations/kernel/operation.ts';

/**
 * The operations that make something with an address: those whose POST is to a collection of which a GET reads one. The
 * value is the address, with `{id}` for the id.
 */
export function itemPaths(operations: readonly Operation[]): ReadonlyMap<Operation, string> {
  const readable = new Set(operations.filter(({ method }) => method === 'GET').map(({ path }) => path));
  return new Map(
    operations
      .filter(({ method, path }) => method === 'POST' && readable.has(`${path}/{id}`))
      .map((operation) => [operation, `${operation.path}/{id}`]),
  );
}

/** Where what was made is; undefined for a dry run, which makes nothing. */
export function locationIn(itemPath: string, value: unknown): string | undefined {
  const id = isJsonObject(value) ? value['id'] : undefined;
  return typeof id === 'string' ? itemPath.replace('{id}', encodeURIComponent(id)) : undefined;
}
