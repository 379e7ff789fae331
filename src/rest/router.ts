import { AppError } from '../core/errors.ts';
import { nearestWord } from '../core/did-you-mean.ts';
import { methodNotAllowed } from '../server/http-error.ts';
import type { Operation } from '../operations/kernel/operation.ts';

/** An operation that a request's method and path name, with the fields that stand in the path. */
interface Match {
  readonly operation: Operation;
  readonly marker: string;
  readonly fields: Readonly<Record<string, string>>;
}

interface Route {
  readonly operation: Operation;
  /** The field of the query that this route needs and others at its address are without; empty for none. */
  readonly marker: string;
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

/** Where an operation is: its path, and the field of the query that tells it from others there (`GET /api/messages?ids`). */
export function placeOf({ path }: Pick<Operation, 'path'>): { readonly path: string; readonly marker: string } {
  const [bare = '', marker = ''] = path.split('?');
  return { path: bare, marker };
}

/** The way from a request to its operation. */
export interface Router {
  /**
   * The operation that a method, a path and the fields of a query name; HEAD names that of GET. Throws `NOT_FOUND` for a
   * path that is not there, and an `HttpError` of 405 with `Allow` for a method that it does not take.
   */
  readonly route: (method: string, path: string, query: string) => Match;
  /** The methods that a path takes, none if it is not there. */
  readonly methodsAt: (path: string) => readonly string[];
}

/** A router over the operations' own routes; a literal segment wins over a field, and a field of the query over none. */
export function createRouter(operations: readonly Operation[]): Router {
  const routes: readonly Route[] = operations
    .map((operation) => {
      const { path, marker } = placeOf(operation);
      return { operation, marker, segments: path.split('/') };
    })
    .toSorted((a, b) => Number(b.marker !== '') - Number(a.marker !== ''));
  const literal = Map.groupBy(
    routes
      .filter(({ segments }) => !segments.some((segment) => segment.startsWith('{')))
      .map((route) => ({ ...route, fields: {} })),
    ({ segments }) => segments.join('/'),
  );

  function matchesAt(path: string): readonly Match[] {
    const exact = literal.get(path);
    if (exact !== undefined) return exact;
    const segments = path.split('/');
    return routes.flatMap((route) => {
      const fields = matchSegments(route, segments);
      return fields === undefined ? [] : { ...route, fields };
    });
  }

  function methodsAt(path: string): readonly string[] {
    const methods = new Set(matchesAt(path).map(({ operation }) => operation.method));
    if (methods.size === 0) return [];
    return [...methods, ...(methods.has('GET') ? ['HEAD'] : []), 'OPTIONS'];
  }

  /**
   * An address that is there, where one without the beginning of Google's own or without `admin`, or with the slip of a
   * finger, is asked for.
   */
  function meantPath(path: string): string | undefined {
    const rest = path.replace(/^(?:\/gmail)?(?:\/api)?(?:\/v1)?(?:\/users\/[^/]*)?/, '').replace(/\/$/, '');
    const moved = [`/api${rest}`, `/api/admin${rest}`];
    const there = moved.find((address) => matchesAt(address).length > 0);
    return there ?? nearestWord(`/api${rest}`, [...literal.keys()]);
  }

  return {
    methodsAt,
    route(method, path, query) {
      const wanted = method === 'HEAD' ? 'GET' : method;
      const isMeant = ({ operation, marker }: Match): boolean =>
        operation.method === wanted && (marker === '' || new URLSearchParams(query).has(marker));
      const match = matchesAt(path).find(isMeant);
      if (match !== undefined) return match;
      const allowed = methodsAt(path);
      if (allowed.length > 0) throw methodNotAllowed(method, allowed);
      const list = 'GET /docs lists the API.';
      const meant = meantPath(path);
      const hint = meant === undefined ? list : `Did you mean ${meant}? ${list}`;
      throw new AppError('NOT_FOUND', 'No such endpoint.', { got: path, hint });
    },
  };
}
