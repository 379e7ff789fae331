import { randomUUID } from 'node:crypto';
import type * as z from 'zod';
import type { Configuration } from '../core/configuration.ts';
import { runInContext } from '../core/context.ts';
import { invoke } from '../operations/kernel/invoke.ts';
import type { Answer, Operation } from '../operations/kernel/operation.ts';
import type { Caller, Services } from '../operations/kernel/services.ts';

/** Calls an operation as whoever sits at this shell: the owner, whom `GMAIL_GRANTS` limits as it does everybody. */
export function invokeAsOwner(
  { services, configuration }: { readonly services: Services; readonly configuration: Pick<Configuration, 'grants'> },
  operation: Operation,
  input: unknown,
  more: Pick<Caller, 'signal' | 'approver'>,
): Promise<Answer> {
  const caller = { ...more, grants: new Set([...configuration.grants, 'admin'] as const) };
  return runInContext({ requestId: randomUUID(), transport: 'cli' }, () => invoke(services, operation, input, caller));
}

/** The value that an operation returns to a command that shows it in its own way; `schema` is the operation's output. */
export async function valueFor<Schema extends z.ZodType>(
  assembly: Parameters<typeof invokeAsOwner>[0],
  operation: Operation,
  schema: Schema,
  input: unknown,
  more: Parameters<typeof invokeAsOwner>[3],
): Promise<z.output<Schema>> {
  const answer = await invokeAsOwner(assembly, operation, input, more);
  return schema.parse(answer.kind === 'json' ? answer.value : undefined);
}

/** What an operation says to a language model, for a command that shows a person the same: no words of others. */
export async function textFor(
  assembly: Parameters<typeof invokeAsOwner>[0],
  operation: Operation,
  input: unknown,
  more: Parameters<typeof invokeAsOwner>[3],
): Promise<string> {
  return (await invokeAsOwner(assembly, operation, input, more)).text();
}
