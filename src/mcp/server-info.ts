import { version } from '../core/version.ts';

/** How the MCP server calls itself. */
export const serverInfo = { name: 'gmail-llm', title: 'Gmail', version };
