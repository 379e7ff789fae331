import { failStart, runServer } from '../server/run-server.ts';
import { createMcpHandler } from '../mcp/mcp-handler.ts';
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
    createHandler: (services, configuration) => createMcpHandler(operations, services, configuration),
  });
}
