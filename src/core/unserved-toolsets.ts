import type { Configuration } from './configuration.ts';
import type { Toolset } from './grants.ts';

/** Says which of a token's toolsets the MCP server does not list, and how it gets them; undefined where it has them all. */
export function unservedToolsets(
  toolsets: readonly Toolset[],
  { toolsets: served }: Pick<Configuration, 'toolsets'>,
): string | undefined {
  const missing = toolsets.filter((toolset) => !served.has(toolset));
  if (missing.length === 0) return undefined;
  const all = [...new Set([...served, ...toolsets])].join(',');
  return (
    `The MCP server does not list ${missing.join(', ')} yet. It does after: ` +
    `gmail-llm config set GMAIL_MCP_TOOLSETS ${all} && gmail-llm ctl restart gmail-mcp-server`
  );
}
