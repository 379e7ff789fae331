/**
 * How Node.js is started for a server. A small young generation (megabytes) costs some calls a second under full load and
 * saves a third of the memory that a server holds after it.
 */
export const runtimeFlags = ['--max-semi-space-size=2'];

/** The servers that a home has a program for. */
export const serverPrograms = ['gmail-mcp-server', 'gmail-api-server', 'gmail-dashboard'] as const;

/** Where a home finds the runtime and the entry points. */
type InstallationKind = 'checkout' | 'installed';

/** Variables that a supervisor of an installed package sets for the expansions of `supervisord.conf`. */
export const installationVariables = { node: 'GMAIL_LLM_NODE', binFolder: 'GMAIL_LLM_BIN' } as const;

/**
 * The command of a program. A checkout names both relative to itself; an installed package is wherever the running one
 * is, so that an upgrade or a move does not leave paths behind that are gone.
 */
export function commandOf(name: string, kind: InstallationKind): string {
  const [node, script] =
    kind === 'checkout'
      ? ['%(here)s/node_modules/.bin/node', `%(here)s/bin/${name}.js`]
      : [`"%(ENV_${installationVariables.node})s"`, `"%(ENV_${installationVariables.binFolder})s/${name}.js"`];
  return [node, ...runtimeFlags, script].join(' ');
}

function program(name: string, priority: number, port: string, kind: InstallationKind): string {
  return `[program:${name}]
command=${commandOf(name, kind)}
directory=%(here)s
environment=GMAIL_HOME="%(here)s"
priority=${priority}
startsecs=1
stopwaitsecs=10
redirect_stderr=true
stdout_logfile=%(here)s/logs/${name}.log
stdout_logfile_maxbytes=10MB
stdout_logfile_backups=5
x_listen=%(ENV_GMAIL_HOST)s:%(ENV_${port})s
x_ready_url=http://%(ENV_GMAIL_HOST)s:%(ENV_${port})s/health/ready
x_live_url=http://%(ENV_GMAIL_HOST)s:%(ENV_${port})s/health/live
`;
}

/** The section of the owner's page, as a new home has it; in no group, so that `gmail-servers` stays the two servers. */
export function dashboardProgram(kind: InstallationKind): string {
  return program('gmail-dashboard', 300, 'GMAIL_DASHBOARD_PORT', kind);
}

/**
 * The `supervisord.conf` of a new home. Keys that begin with `x_` are ours; the real supervisord does not read them.
 */
export function processConfiguration(kind: InstallationKind): string {
  return `; The processes of gmail-llm, for its own supervisor and for supervisord alike.
; Keys that begin with x_ are read by ours only: see docs/supervisor.md.

[unix_http_server]
file=%(here)s/run/supervisor.sock
chmod=0600

[supervisord]
logfile=%(here)s/logs/supervisord.log
pidfile=%(here)s/run/supervisord.pid

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl=unix://%(here)s/run/supervisor.sock

${program('gmail-mcp-server', 100, 'GMAIL_MCP_PORT', kind)}
${program('gmail-api-server', 200, 'GMAIL_API_PORT', kind)}
${dashboardProgram(kind)}
[group:gmail-servers]
programs=gmail-mcp-server,gmail-api-server
priority=200
`;
}
