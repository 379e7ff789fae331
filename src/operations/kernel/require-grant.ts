import type { Grant } from '../../core/grants.ts';
import { AppError } from '../../core/errors.ts';
import type { Rights } from '../../safety/tokens/check-token.ts';

/** Throws `FORBIDDEN` where the caller lacks the grant that `operation` needs. */
export function requireGrant(operation: string, grant: Grant, { grants, accounts }: Rights): void {
  if (!grants.has(grant)) {
    throw new AppError('FORBIDDEN', `${operation} needs the grant "${grant}".`, {
      expected: grant,
      got: [...grants].join(', ') || 'no grants',
      hint:
        grant === 'admin'
          ? "The owner's token has it, and tokens that were created with it: see `gmail-llm token`."
          : 'A token and GMAIL_GRANTS must both have it: see `gmail-llm token` and the variable GMAIL_GRANTS.',
    });
  }
  // What concerns the installation concerns all accounts.
  if (grant !== 'admin' || accounts === undefined) return;
  throw new AppError('FORBIDDEN', `${operation} concerns every account, and this token is limited to some.`, {
    hint: 'The owner can create a token without --accounts: `gmail-llm token create`.',
  });
}
