import { failStart, runServer } from '../door/run-server.ts';
import { createMcpDoor } from '../mcp/mcp-door.ts';
import { operations } from '../operations/operations.ts';

const words = process.argv.slice(2);

if (words.length === 1 && words[0] === '--stdio') {
  // Loaded here, so that the HTTP server does not carry it.
  const { runStdio } = await import('../mcp/run-stdio.ts');
  await runStdio(operations).catch((error: unknown) => failStart('gmail-mcp-server', error));
} else {
  await runServer({
    program: 'gmail-mcp-server',
    arguments: words,
    port: (configuration) => configuration.mcpPort,
    portVariable: 'GMAIL_MCP_PORT',
    createDoor: (services, configuration) => createMcpDoor(operations, services, configuration),
  });
}
