import type { CallToolResult, Tool } from '@modelcontextprotocol/server';
import * as z from 'zod';
import type { Grant, Toolset } from '../core/grants.ts';
import { currentContext, requestIdFrom, runInContext } from '../core/context.ts';
import { AppError, errorFacts } from '../core/errors.ts';
import { answerError } from '../operations/kernel/answer-error.ts';
import { renderAnswer } from '../operations/kernel/answer-text.ts';
import { invoke } from '../operations/kernel/invoke.ts';
import type { Caller, Services } from '../operations/kernel/services.ts';
import type { Answer, Operation } from '../operations/kernel/operation.ts';

/** An operation as a tool. */
export interface OperationTool {
  readonly name: string;
  readonly grant: Grant;
  readonly toolset: Toolset | undefined;
  readonly isReadOnly: boolean;
  /** How it is listed; made when it is first asked for, then kept. */
  listed(): Tool;
  /** Calls it. Never rejects: a failure is an answer with `isError`, which a model can act on. */
  call(input: unknown, caller: Caller): Promise<CallToolResult>;
}

/**
 * Projects an operation to a tool. The answer is one text for a model and nothing else: a client that is given
 * structured content too shows its model only that, or both.
 */
export function operationTool(operation: Operation, services: Services): OperationTool {
  let listed: Tool | undefined;
  return {
    name: operation.name,
    grant: operation.grant,
    toolset: operation.toolset,
    isReadOnly: operation.isReadOnly,
    listed: () => (listed ??= describe(operation)),
    call(input, caller) {
      const context = currentContext();
      if (context !== undefined) return answer(operation, services, { input, caller, requestId: context.requestId });
      // On a pipe there is no HTTP request that has made a context already.
      const requestId = requestIdFrom(undefined);
      return runInContext({ requestId, transport: 'mcp' }, () =>
        answer(operation, services, { input, caller, requestId }),
      );
    },
  };
}

async function answer(
  operation: Operation,
  services: Services,
  { input, caller, requestId }: { readonly input: unknown; readonly caller: Caller; readonly requestId: string },
): Promise<CallToolResult> {
  try {
    const answered = await invoke(services, operation, input, caller);
    const text = { type: 'text' as const, text: await rendered(answered, operation, services) };
    return answered.kind === 'file' ? { content: [text, ...partsOf(answered)] } : { content: [text] };
  } catch (error) {
    const text = renderAnswer(answerError(errorFacts(error, requestId)));
    return { content: [{ type: 'text', text }], isError: true };
  }
}

/** What a file is besides its text: a picture, or bytes that are had as a resource. */
function partsOf({ file: { image }, links }: Extract<Answer, { readonly kind: 'file' }>): CallToolResult['content'] {
  const pictures = image === undefined ? [] : [{ data: Buffer.from(image.content).toString('base64'), ...image }];
  return [
    ...pictures.map(({ data, mimeType }) => ({ type: 'image' as const, data, mimeType })),
    ...links.map(({ uri, name, mimeType, sizeBytes }) => ({
      type: 'resource_link' as const,
      uri,
      name,
      mimeType,
      ...(sizeBytes === undefined ? {} : { size: sizeBytes }),
    })),
  ];
}

/** The text of an answer. Faults of ours before this point were logged by `invoke`. */
async function rendered(answer: Answer, operation: Operation, { logger }: Services): Promise<string> {
  try {
    return await answer.text();
  } catch (error) {
    if (!(error instanceof AppError)) logger.error('answer has no text', { operation: operation.name, error });
    throw error;
  }
}

function describe(operation: Operation): Tool {
  return {
    name: operation.name,
    title: titleOf(operation.name),
    description: operation.summary,
    inputSchema: { type: 'object', ...inputSchema(operation) },
    annotations: annotations(operation),
  };
}

/** `read_message` as people read it: `Read message`. */
function titleOf(name: string): string {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Bounds that no model comes near, and forms that its values have anyway; whoever breaks one is told. */
const untoldBounds = ['pattern', 'minLength', 'maxLength', 'minItems', 'maxItems'] as const;

/** Numbers up to 1 and from this on are no bounds that a model comes near. */
const largeNumber = 1_000_000;

/** The input's JSON Schema without what costs tokens and tells a model nothing. */
function inputSchema(operation: Operation): Record<string, unknown> {
  const { $schema: _, ...schema } = z.toJSONSchema(operation.input, {
    io: 'input',
    override: ({ jsonSchema, path }) => {
      for (const bound of untoldBounds) delete jsonSchema[bound];
      if ((jsonSchema.minimum ?? 2) <= 1) delete jsonSchema.minimum;
      if ((jsonSchema.maximum ?? 0) >= largeNumber) delete jsonSchema.maximum;
      if (path.length > 0) delete jsonSchema.additionalProperties;
    },
  });
  return schema;
}

/** Only what differs from the defaults of the specification: not read-only, destructive, not idempotent, open world. */
function annotations(operation: Operation): NonNullable<Tool['annotations']> {
  if (operation.isReadOnly) return { readOnlyHint: true };
  return {
    ...(operation.isDestructive ? {} : { destructiveHint: false }),
    ...(operation.isIdempotent ? { idempotentHint: true } : {}),
  };
}
