import assert from 'node:assert/strict';
import { runInContext } from '../../src/core/context.ts';
import { operations } from '../../src/operations/operations.ts';
import { invoke } from '../../src/operations/kernel/invoke.ts';
import type { TestDashboard } from './dashboard-server.ts';

/** A client that says of itself what would end the quotation of its name. */
const client = 'assistant <b>1”, approved by “you';

/** Calls an operation as an agent's token does over MCP, on the home of this dashboard. */
export function agentOf({ assembly: { services } }: Pick<TestDashboard, 'assembly'>) {
  const grants = new Set(['read', 'organize', 'draft', 'send'] as const);
  return async (name: string, input: object): Promise<Readonly<Record<string, string>>> => {
    const operation = operations.find((each) => each.name === name);
    assert.ok(operation !== undefined);
    const context = { requestId: 'r-1', transport: 'mcp', tokenName: 'agent', client } as const;
    const answer = await runInContext(context, () =>
      invoke(services, operation, input, { grants, signal: new AbortController().signal }),
    );
    assert.ok(answer.kind === 'json');
    return answer.value as Readonly<Record<string, string>>;
  };
}
