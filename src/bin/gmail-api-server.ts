import { publicPaths } from '../rest/public-paths.ts';
import { runServer } from '../server/run-server.ts';

await runServer({
  program: 'gmail-api-server',
  arguments: process.argv.slice(2),
  port: (configuration) => configuration.apiPort,
  portVariable: 'GMAIL_API_PORT',
  name: 'rest',
  publicPaths,
  async loadHandler({ services }) {
    const [{ createRestHandler }, { operations }] = await Promise.all([
      import('../rest/rest-handler.ts'),
      import('../operations/operations.ts'),
    ]);
    return createRestHandler(operations, services);
  },
});
