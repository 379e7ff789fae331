import { runServer } from '../server/run-server.ts';
import { operations } from '../operations/operations.ts';
import { createRestHandler } from '../rest/rest-handler.ts';

await runServer({
  program: 'gmail-api-server',
  arguments: process.argv.slice(2),
  port: (configuration) => configuration.apiPort,
  portVariable: 'GMAIL_API_PORT',
  createHandler: (services) => createRestHandler(operations, services),
});
