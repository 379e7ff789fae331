import type { FieldViolation } from '../http/google-errors.ts';
import { badRequest } from '../http/google-errors.ts';

/** What a query parameter holds. A list of words stands for one of them, {@link Repeated} for any number of them. */
type QueryType = 'string' | 'string[]' | 'uint32' | 'uint64' | 'bool' | readonly string[] | Repeated;

interface Repeated {
  readonly each: readonly string[];
}

/** The query parameters of a method, by name. */
export type QueryTypes = Readonly<Record<string, QueryType>>;

type ValueOf<Type extends QueryType> = Type extends 'string' | 'uint64'
  ? string | undefined
  : Type extends 'uint32'
    ? number | undefined
    : Type extends 'bool'
      ? boolean
      : Type extends 'string[]'
        ? readonly string[]
        : Type extends { readonly each: readonly (infer Word)[] }
          ? readonly Word[]
          : Type extends readonly (infer Word)[]
            ? Word | undefined
            : never;

/** The values of a method's query parameters; of one that is not repeated the last counts. */
export type QueryValues<Types extends QueryTypes> = { readonly [Name in keyof Types]: ValueOf<Types[Name]> };

/** Parameters that every Google API takes (and the server answers), which are none of the method's own. */
const standardNames: ReadonlySet<string> = new Set(
  'alt fields key prettyPrint quotaUser userIp access_token oauth_token callback upload_protocol $.xgafv'.split(' '),
);

/**
 * Reads the query of a call. Throws Google's 400 for a parameter that the method does not have or a value of the wrong
 * type. `isUpload`: whether `uploadType` may stand there.
 */
export function readQuery<Types extends QueryTypes>(
  types: Types,
  query: URLSearchParams,
  isUpload: boolean,
): QueryValues<Types> {
  const violations: FieldViolation[] = [];
  for (const name of new Set(query.keys())) {
    const isKnown = Object.hasOwn(types, name) || standardNames.has(name) || (isUpload && name === 'uploadType');
    if (!isKnown) violations.push(unknownName(name));
  }
  const values = Object.entries(types).map(([name, type]): [string, unknown] => [
    name,
    readValues(name, type, query.getAll(name), violations),
  ]);
  if (violations.length > 0) throw badRequest(violations);
  // Each value was read as its type says; TypeScript cannot follow that through the entries.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return Object.fromEntries(values) as QueryValues<Types>;
}

function unknownName(name: string): FieldViolation {
  return {
    field: '',
    description:
      `Invalid JSON payload received. Unknown name "${name}": Cannot bind query parameter. ` +
      `Field '${name}' could not be found in request message.`,
  };
}

function readValues(name: string, type: QueryType, texts: readonly string[], violations: FieldViolation[]): unknown {
  const refuse = (typeName: string, text: string): undefined => {
    const field = snakeCase(name);
    violations.push({ field, description: `Invalid value at '${field}' (${typeName}), "${text}"` });
    return undefined;
  };
  const last = texts.at(-1);
  if (typeof type === 'object') {
    const words = 'each' in type ? type.each : type;
    // `RAW` is as good as `raw`.
    const read = (text: string): string | undefined =>
      words.find((word) => word.toLowerCase() === text.toLowerCase()) ?? refuse('TYPE_ENUM', text);
    if ('each' in type) return texts.map(read);
    return last === undefined ? undefined : read(last);
  }
  switch (type) {
    case 'string':
      return last;
    case 'string[]':
      return texts;
    case 'uint32':
      if (last === undefined) return undefined;
      return /^\d{1,10}$/.test(last) && Number(last) < 2 ** 32 ? Number(last) : refuse('TYPE_UINT32', last);
    case 'uint64':
      if (last === undefined) return undefined;
      return /^\d{1,20}$/.test(last) && BigInt(last) < 2n ** 64n ? last : refuse('TYPE_UINT64', last);
    case 'bool':
      if (last === undefined) return false;
      if (last === 'true' || last === '1') return true;
      return last === 'false' || last === '0' ? false : refuse('TYPE_BOOL', last);
  }
}

/** `maxResults` as Google's own definitions have it: `max_results`. */
export function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
