import { join } from 'node:path';

/** Where a client looks for its configuration. */
interface Places {
  readonly platform: NodeJS.Platform;
  /** The user's own folder. */
  readonly userFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** How a client reaches the server. */
export interface Connection {
  readonly url: string;
  /** Undefined where the server asks for none. */
  readonly token: string | undefined;
  /** For clients that start a server of their own on a pipe: the program, its words and its variables. */
  readonly command: string;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

type Entry = Readonly<Record<string, unknown>>;

/** A program whose configuration can name MCP servers. */
export interface Client {
  readonly title: string;
  readonly format: 'json' | 'toml';
  /** The configuration of this user, for all projects. */
  readonly file: (places: Places) => string;
  /** The object in it that has the servers by name. */
  readonly servers: string;
  /** The transport: over HTTP with a token, or a process of the client's own with the rights of this shell. */
  readonly transport: 'http' | 'stdio';
  readonly entry: (connection: Connection) => Entry;
  /** What has to be done for the change to count. */
  readonly next: string;
}

function applicationFolder({ platform, userFolder, environment }: Places): string {
  if (platform === 'darwin') return join(userFolder, 'Library', 'Application Support');
  if (platform === 'win32') return environment.APPDATA ?? join(userFolder, 'AppData', 'Roaming');
  const { XDG_CONFIG_HOME: named } = environment;
  return named === undefined || named === '' ? join(userFolder, '.config') : named;
}

function authorization({ token }: Connection): Readonly<Record<string, string>> | undefined {
  return token === undefined ? undefined : { Authorization: `Bearer ${token}` };
}

/** `entry` with the token under the name that the client has for headers. */
function withHeaders(entry: Entry, connection: Connection, name = 'headers'): Entry {
  const headers = authorization(connection);
  return headers === undefined ? entry : { ...entry, [name]: headers };
}

/** The clients by the names that `gmail-llm connect` takes; each form is from the client's own documentation (2026). */
export const clients = {
  claude: {
    title: 'Claude Code',
    format: 'json',
    file: ({ userFolder, environment }) => join(environment.CLAUDE_CONFIG_DIR ?? userFolder, '.claude.json'),
    servers: 'mcpServers',
    transport: 'http',
    entry: (connection) => withHeaders({ type: 'http', url: connection.url }, connection),
    next: 'Start a new session; /mcp shows the server.',
  },
  desktop: {
    title: 'Claude Desktop',
    format: 'json',
    file: (places) => join(applicationFolder(places), 'Claude', 'claude_desktop_config.json'),
    servers: 'mcpServers',
    transport: 'stdio',
    entry: ({ command, arguments: words, environment }) => ({ command, args: [...words], env: environment }),
    next: 'Quit Claude Desktop and start it again.',
  },
  vscode: {
    title: 'VS Code',
    format: 'json',
    file: (places) => join(applicationFolder(places), 'Code', 'User', 'mcp.json'),
    servers: 'servers',
    transport: 'http',
    entry: (connection) => withHeaders({ type: 'http', url: connection.url }, connection),
    next: 'Run "MCP: List Servers" and start it.',
  },
  cursor: {
    title: 'Cursor',
    format: 'json',
    file: ({ userFolder }) => join(userFolder, '.cursor', 'mcp.json'),
    servers: 'mcpServers',
    transport: 'http',
    entry: (connection) => withHeaders({ url: connection.url }, connection),
    next: 'Restart Cursor.',
  },
  codex: {
    title: 'Codex',
    format: 'toml',
    file: ({ userFolder, environment }) => join(environment.CODEX_HOME ?? join(userFolder, '.codex'), 'config.toml'),
    servers: 'mcp_servers',
    transport: 'http',
    entry: (connection) => withHeaders({ url: connection.url }, connection, 'http_headers'),
    next: 'Start a new session; /mcp shows the server.',
  },
  gemini: {
    title: 'Gemini CLI',
    format: 'json',
    file: ({ userFolder }) => join(userFolder, '.gemini', 'settings.json'),
    servers: 'mcpServers',
    transport: 'http',
    // Its `url` is for the older HTTP+SSE.
    entry: (connection) => withHeaders({ httpUrl: connection.url }, connection),
    next: 'Start a new session; /mcp shows the server.',
  },
} as const satisfies Readonly<Record<string, Client>>;

export type ClientName = keyof typeof clients;

/** Whether there is a client of this name. */
export function isClientName(name: string): name is ClientName {
  return Object.hasOwn(clients, name);
}
