import { AppError } from '../../core/errors.ts';
import type { HomeCall } from '../kernel/home-call.ts';

/** Throws `FORBIDDEN` where no person decides: a program that asks for a message must not approve it, in no disguise. */
export function requirePerson({ caller: { approver } }: HomeCall): void {
  if (approver !== undefined) return;
  throw new AppError(
    'FORBIDDEN',
    "Only a person approves or changes a message, at a terminal or on the owner's page; no token does.",
    {
      expected: '`gmail-llm outbox approve` at a terminal, or `gmail-llm open`',
      got: 'a call of a program',
    },
  );
}
