import { failStart, runServer } from '../server/run-server.ts';

const words = process.argv.slice(2);

// What both ways of serving need is read by each: one listens before it reads the other's, and all operations.
if (words.length === 1 && words[0] === '--stdio') {
  const [{ runStdio }, { operations }] = await Promise.all([
    import('../mcp/run-stdio.ts'),
    import('../operations/operations.ts'),
  ]);
  await runStdio(operations).catch((error: unknown) => failStart('gmail-mcp-server', error));
} else {
  await runServer({
    program: 'gmail-mcp-server',
    arguments: words,
    port: (configuration) => configuration.mcpPort,
    portVariable: 'GMAIL_MCP_PORT',
    name: 'mcp',
    publicPaths: [],
    async loadHandler({ services, configuration }) {
      const [{ createMcpHandler }, { operations }] = await Promise.all([
        import('../mcp/mcp-handler.ts'),
        import('../operations/operations.ts'),
      ]);
      return createMcpHandler(operations, services, configuration);
    },
  });
}
