import { runServer } from '../door/run-server.ts';
import { operations } from '../operations/operations.ts';
import { createRestDoor } from '../rest/rest-door.ts';

await runServer({
  program: 'gmail-api-server',
  arguments: process.argv.slice(2),
  port: (configuration) => configuration.apiPort,
  portVariable: 'GMAIL_API_PORT',
  createDoor: (services) => createRestDoor(operations, services),
});
