/** A path inside a value of `supervisord.conf`, where `%` starts an expansion. */
function escaped(path: string): string {
  return path.replaceAll('%', '%%');
}

/** A word of a command, quoted as supervisord's shell-like splitting needs it. */
function word(path: string): string {
  return /[\s"'\\]/.test(path) ? `"${path.replace(/["\\]/g, '\\$&')}"` : path;
}

/**
 * How Node.js is started for a server. A small young generation (megabytes) costs some calls a second under full load and
 * saves a third of the memory that a server holds after it.
 */
export const runtimeFlags = ['--max-semi-space-size=2'];

function program(name: string, priority: number, port: string, node: string, binFolder: string): string {
  return `[program:${name}]
command=${[word(node), ...runtimeFlags, word(`${binFolder}/${name}.js`)].join(' ')}
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

/**
 * The `supervisord.conf` of a new home. `node` and `binFolder` are where the runtime and the entry points are; without
 * them it is the checkout's own file, which names both relative to itself.
 *
 * Keys that begin with `x_` are ours; the real supervisord does not read them.
 */
export function processConfiguration(paths?: { readonly node: string; readonly binFolder: string }): string {
  const node = paths === undefined ? '%(here)s/node_modules/.bin/node' : escaped(paths.node);
  const binFolder = paths === undefined ? '%(here)s/bin' : escaped(paths.binFolder);
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

${program('gmail-mcp-server', 100, 'GMAIL_MCP_PORT', node, binFolder)}
${program('gmail-api-server', 200, 'GMAIL_API_PORT', node, binFolder)}
[group:gmail-servers]
programs=gmail-mcp-server,gmail-api-server
`;
}
