import { anyPath } from '../server/http-server.ts';
import { runServer } from '../server/run-server.ts';

await runServer({
  program: 'gmail-dashboard',
  arguments: process.argv.slice(2),
  port: (configuration) => configuration.dashboardPort,
  portVariable: 'GMAIL_DASHBOARD_PORT',
  name: 'dashboard',
  publicPaths: [anyPath],
  // It works when somebody looks, and on nothing else.
  runsJobs: false,
  loadHandler: async (assembly) => (await import('../dashboard/dashboard-handler.ts')).createDashboardHandler(assembly),
});
