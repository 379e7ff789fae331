import { invalidArgument } from '../http/google-errors.ts';

/** A message or thread id of the path. Throws Gmail's 400 for what cannot be one. */
export function checkedId(id: string): string {
  if (/^[\da-f]{1,16}$/i.test(id)) return id.toLowerCase();
  throw invalidArgument('Invalid id value');
}
