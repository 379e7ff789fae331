import { randomUUID } from 'node:crypto';
import { McpServer } from '@modelcontextprotocol/server';
import type { Toolset } from '../core/grants.ts';
import { runInContext } from '../core/context.ts';
import type { Services } from '../operations/kernel/services.ts';
import type { Operation } from '../operations/kernel/operation.ts';
import type { BuildServer, McpService } from './build-server.ts';
import { contextOfCall, plainCallId } from './call-id.ts';
import { callWithPerson, createQuestionSeal } from './call-with-person.ts';
import { serveCompletions } from './completions.ts';
import { instructions } from './instructions.ts';
import { createOperationReader } from './operation-reader.ts';
import { operationTool, type OperationTool } from './operation-tool.ts';
import { servePrompts } from './prompts.ts';
import { serveResources } from './resources.ts';
import { resourceUpdates, type ResourceUpdates } from './resource-updates.ts';
import { serveSubscriptions } from './serve-subscriptions.ts';
import { serverInfo } from './server-info.ts';
import { useOwnErrors } from './own-errors.ts';
import { refuseCursor } from './refuse-cursor.ts';
import { unknownTool } from './unknown-tool.ts';
import { rightsOf, type Rights } from '../safety/tokens/check-token.ts';

/** Whether a token shows a tool of the server: one that names no toolsets shows all. */
function isShown({ toolset }: OperationTool, { toolsets }: Rights): boolean {
  return toolsets === undefined || (toolset !== undefined && toolsets.has(toolset));
}

/** How long a client may keep the list of tools: it changes with a token's grants or the server's start only. */
const listTtlMs = 5 * 60_000;
const listHint = { ttlMs: listTtlMs, cacheScope: 'private' } as const;

/**
 * MCP servers whose tools are the operations of the given toolsets, in the order of `operations`. A principal has those of
 * their token's toolsets and sees those that their grants cover; calling another one of them answers `FORBIDDEN`. A name that
 * is no tool of theirs is a protocol error (-32602), as the specification has it.
 */
export function operationServers(
  operations: readonly Operation[],
  toolsets: ReadonlySet<Toolset>,
  services: Services,
  updates: ResourceUpdates = resourceUpdates(services),
): Required<McpService> {
  const tools = operations
    .filter(({ toolset }) => toolset !== undefined && toolsets.has(toolset))
    .map((operation) => operationTool(operation, services));
  const reader = createOperationReader(operations, services);
  const seal = createQuestionSeal(services.safety.questionKey);
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  const toolsOf = (rights: Rights) => tools.filter((tool) => isShown(tool, rights));
  const toolNamed = (name: string, rights: Rights) => {
    const tool = byName.get(name);
    return tool !== undefined && isShown(tool, rights) ? tool : undefined;
  };

  const buildServer: BuildServer = (principal) => {
    const product = new McpServer(serverInfo, {
      instructions,
      cacheHints: {
        'tools/list': listHint,
        'prompts/list': listHint,
        'resources/list': listHint,
        'resources/templates/list': listHint,
      },
    });
    const { server } = product;
    // By hand: registered tools would have their schemas converted again for each listing.
    server.registerCapabilities({ tools: {}, resources: { subscribe: true }, prompts: {}, completions: {} });
    useOwnErrors(server, tools);
    serveResources(server, principal, reader);
    serveSubscriptions(server, principal, updates);
    servePrompts(server, principal, reader);
    serveCompletions(server, principal, reader);
    server.setRequestHandler('tools/list', ({ params }) => {
      refuseCursor(params);
      const rights = principal();
      return { tools: toolsOf(rights).flatMap((tool) => (rights.grants.has(tool.grant) ? tool.listed() : [])) };
    });
    const connectionId = randomUUID();
    server.setRequestHandler('tools/call', ({ params }, context) => {
      const rights = principal();
      const tool = toolNamed(params.name, rights);
      if (tool === undefined) throw unknownTool(params.name, { operations, served: toolsets, shown: toolsOf(rights) });
      const client = {
        principal,
        connectionId,
        capabilities: server.getClientCapabilities(),
        connectedAs: server.getClientVersion(),
      };
      return callWithPerson(tool, params.arguments ?? {}, context, client, seal);
    });
    return product;
  };

  return {
    buildServer,
    updates,
    callPlainly(call, principal, signal) {
      const caller = { ...rightsOf(principal), signal };
      const tool = toolNamed(call.name, principal);
      // What changes something may have to be asked about.
      if (tool === undefined || (call.hasForms && !tool.isReadOnly)) return undefined;
      if (tool.isReadOnly) return tool.call(call.input, caller);
      return runInContext(contextOfCall(plainCallId(call, principal.name), call.client), () =>
        tool.call(call.input, caller),
      );
    },
  };
}
