import { AppError } from '../core/errors.ts';
import type { Operation } from '../operations/kernel/operation.ts';

/** An operation that a request's method and path name, with the fields that stand in the path. */
export interface Match {
  readonly operation: Operation;
  readonly fields: Readonly<Record<string, string>>;
}

interface Route {
  readonly operation: Operation;
  /** A literal, or a field's name in braces. */
  readonly segments: readonly string[];
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    throw new AppError('INVALID_INPUT', 'The path is not valid percent-encoding.', { got: segment }, error);
  }
}

function matchSegments(route: Route, segments: readonly string[]): Readonly<Record<string, string>> | undefined {
  if (route.segments.length !== segments.length) return undefined;
  const fields: Record<string, string> = {};
  for (const [index, expected] of route.segments.entries()) {
    const segment = segments[index] ?? '';
    if (expected.startsWith('{')) fields[expected.slice(1, -1)] = decodeSegment(segment);
    else if (expected !== segment) return undefined;
  }
  return fields;
}

/**
 * A router over the operations' own routes; a literal segment wins over a field. Throws `NOT_FOUND` for a path that is
 * not there, saying which methods it has if it is only the method that is wrong.
 */
export function createRouter(operations: readonly Operation[]): (method: string, path: string) => Match {
  const routes: Route[] = operations.map((operation) => ({ operation, segments: operation.path.split('/') }));

  const literal = new Map(
    operations
      .filter((operation) => !operation.path.includes('{'))
      .map((operation) => [`${operation.method} ${operation.path}`, { operation, fields: {} }]),
  );

  return (method, path) => {
    const match = literal.get(`${method} ${path}`);
    if (match !== undefined) return match;
    const segments = path.split('/');
    const methods: string[] = [];
    for (const route of routes) {
      const fields = matchSegments(route, segments);
      if (fields === undefined) continue;
      if (route.operation.method === method) return { operation: route.operation, fields };
      methods.push(route.operation.method);
    }
    throw methods.length === 0
      ? new AppError('NOT_FOUND', 'No such endpoint.', { got: path, hint: 'GET /docs lists the API.' })
      : new AppError('NOT_FOUND', `This address does not answer ${method}.`, {
          field: 'method',
          expected: methods.join(', '),
          got: method,
        });
  };
}
