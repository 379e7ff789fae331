import { anyPath } from '../server/http-server.ts';
import { runServer } from '../server/run-server.ts';

/**
 * No optimizing compilers: a person asks for a page now and then, and what they need and make of it is 12 MB. Pages take as
 * much processor time without them (docs/performance.md).
 */
const engineFlags = ['--no-turbofan', '--no-maglev'];

await runServer({
  program: 'gmail-dashboard',
  arguments: process.argv.slice(2),
  port: (configuration) => configuration.dashboardPort,
  portVariable: 'GMAIL_DASHBOARD_PORT',
  name: 'dashboard',
  publicPaths: [anyPath],
  engineFlags,
  // It works when somebody looks, and on nothing else.
  runsJobs: false,
  loadHandler: async (assembly) => (await import('../dashboard/dashboard-handler.ts')).createDashboardHandler(assembly),
});
