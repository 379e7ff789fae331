import { AppError } from '../../core/errors.ts';

/** The one of `known` whose address is `wanted`, without regard to case. Throws `NOT_FOUND` naming those there are. */
export function findAddress<T>(
  what: string,
  field: string,
  wanted: string,
  known: readonly T[],
  addressOf: (item: T) => string,
): T {
  const found = known.find((item) => addressOf(item).toLowerCase() === wanted.toLowerCase());
  if (found !== undefined) return found;
  throw new AppError('NOT_FOUND', `${wanted} is no ${what} of this account.`, {
    field,
    expected: known.map(addressOf).join(' or ') || `nothing: there is no ${what}`,
    got: wanted,
  });
}
