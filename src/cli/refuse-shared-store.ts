import { AppError } from '../core/errors.ts';
import type { CommandContext } from './command.ts';

/** Throws `UNSUPPORTED` for a command that works on the files of a home, where its mail is in a database that hosts share. */
export function refuseSharedStore(
  { environment }: Pick<CommandContext, 'environment'>,
  what: string,
  hint: string,
): void {
  if ((environment.GMAIL_STORE ?? '') === '') return;
  throw new AppError('UNSUPPORTED', `${what} works on the files of a home, and GMAIL_STORE names a database.`, {
    hint,
  });
}
