import { INTERNAL_ERROR, INVALID_PARAMS, ProtocolError } from '@modelcontextprotocol/server';
import { currentContext, requestIdFrom, runInContext } from '../core/context.ts';
import { AppError, errorFacts } from '../core/errors.ts';
import { answerError } from '../operations/kernel/answer-error.ts';
import { renderAnswer } from '../operations/kernel/answer-text.ts';
import { invoke } from '../operations/kernel/invoke.ts';
import type { Answer, Operation } from '../operations/kernel/operation.ts';
import type { Caller, Services } from '../operations/kernel/services.ts';

/** Calls operations for parts of the protocol that are no tools. */
export interface OperationReader {
  /** What `use` makes of the answer. Throws what fails as an error of the protocol: what it was about stands in a fence. */
  readonly read: <T>(
    name: string,
    input: Readonly<Record<string, unknown>>,
    caller: Caller,
    use: (answer: Answer) => Promise<T> | T,
  ) => Promise<T>;
}

/** Codes that say that the request is at fault, or what it asks for is not there. */
const requestCodes = new Set(['INVALID_INPUT', 'NOT_FOUND', 'FORBIDDEN', 'TOO_LARGE', 'UNSUPPORTED', 'CONFLICT']);

export function createOperationReader(operations: readonly Operation[], services: Services): OperationReader {
  const byName = new Map(operations.map((operation) => [operation.name, operation]));
  return {
    async read(name, input, caller, use) {
      const operation = byName.get(name);
      if (operation === undefined) throw new ProtocolError(INVALID_PARAMS, 'No such resource.');
      const requestId = currentContext()?.requestId ?? requestIdFrom(undefined);
      const read = async () => use(await invoke(services, operation, input, caller));
      try {
        return await (currentContext() === undefined ? runInContext({ requestId, transport: 'mcp' }, read) : read());
      } catch (error) {
        if (error instanceof ProtocolError) throw error;
        const isRequest = error instanceof AppError && requestCodes.has(error.code);
        const text = renderAnswer(answerError(errorFacts(error, requestId)));
        throw new ProtocolError(isRequest ? INVALID_PARAMS : INTERNAL_ERROR, text);
      }
    },
  };
}
