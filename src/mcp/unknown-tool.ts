import { INVALID_PARAMS, ProtocolError } from '@modelcontextprotocol/server';
import type { Toolset } from '../core/grants.ts';
import { nearestWord } from '../core/did-you-mean.ts';
import type { Operation } from '../operations/kernel/operation.ts';

/** How much of a name that is no tool an error repeats. */
const maxShownName = 100;

/** Where a caller's tools come from. */
interface Offer {
  readonly operations: readonly Operation[];
  /** The toolsets of the server. */
  readonly served: ReadonlySet<Toolset>;
  /** The tools of the caller. */
  readonly shown: readonly { readonly name: string }[];
}

/** The error for a name that is no tool of the caller's: why it is none, or which one was meant. */
export function unknownTool(name: string, { operations, served, shown }: Offer): ProtocolError {
  const operation = operations.find((other) => other.name === name);
  return new ProtocolError(
    INVALID_PARAMS,
    `Unknown tool: ${name.slice(0, maxShownName)}. ${operation === undefined ? meant(name, shown) : reason(operation, served)}`,
  );
}

function reason({ toolset }: Operation, served: ReadonlySet<Toolset>): string {
  if (toolset === undefined) return 'It is an operation of REST and the command line only.';
  const where = `It is in the toolset ${toolset}, which`;
  return served.has(toolset)
    ? `${where} this token does not show: its owner can make another with --toolsets.`
    : `${where} this server does not list: its owner can add it to GMAIL_MCP_TOOLSETS.`;
}

function meant(name: string, shown: Offer['shown']): string {
  const nearest = nearestWord(
    name,
    shown.map((tool) => tool.name),
  );
  return nearest === undefined ? 'tools/list names those that there are.' : `Did you mean ${nearest}?`;
}
