import { createMcpDoor } from '../mcp/mcp-door.ts';
import { operations } from '../operations/operations.ts';
import { runServer } from '../door/run-server.ts';

await runServer({
  program: 'gmail-mcp-server',
  port: (configuration) => configuration.mcpPort,
  portVariable: 'GMAIL_MCP_PORT',
  createDoor: (services, metrics, configuration) => createMcpDoor(operations, services, metrics, configuration),
});
