import { AppError } from '../../core/errors.ts';
import type { Operation } from './operation.ts';

/** The JSON type of each field of an operation's input, as its schema has it. */
export function fieldTypes({ inputSchema }: Operation): ReadonlyMap<string, unknown> {
  return new Map(
    Object.entries(inputSchema.properties ?? {}).map(([name, field]) => [
      name,
      typeof field === 'object' ? field.type : undefined,
    ]),
  );
}

/**
 * The input that names and texts stand for, as a query string or a command line gives them: a list is given by repeating
 * its name, and `prepare` reads numbers, booleans and JSON. Unknown names are kept: the operation refuses them. Throws
 * `INVALID_INPUT` for a field given twice that is no list, and for a boolean without a value, which could mean either.
 */
export function readTextFields(
  operation: Operation,
  entries: Iterable<readonly [string, string]>,
): Readonly<Record<string, unknown>> {
  const types = fieldTypes(operation);
  const texts = new Map<string, string[]>();
  for (const [name, text] of entries) texts.set(name, [...(texts.get(name) ?? []), text]);
  return Object.fromEntries(
    [...texts].map(([name, [first = '', ...more]]) => {
      const type = types.get(name);
      if (type === 'boolean' && first === '') {
        throw new AppError('INVALID_INPUT', `The field ${name} has no value.`, {
          field: name,
          expected: 'true or false',
        });
      }
      if (more.length === 0) return [name, first];
      if (type === 'array') return [name, [first, ...more]];
      throw new AppError('INVALID_INPUT', `The field ${name} is given ${more.length + 1} times.`, {
        field: name,
        expected: 'once',
      });
    }),
  );
}
