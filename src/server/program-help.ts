import { version } from '../core/version.ts';

/** The programs that servers are. */
export type ServerProgram = 'gmail-mcp-server' | 'gmail-api-server' | 'gmail-dashboard';

const serves: Readonly<Record<ServerProgram, { readonly what: string; readonly forms: readonly string[] }>> = {
  'gmail-mcp-server': {
    what: 'the MCP server, for agents',
    forms: [
      'gmail-mcp-server            serves http://127.0.0.1:8001/mcp (GMAIL_MCP_PORT)',
      'gmail-mcp-server --stdio    serves one client on standard input and output',
    ],
  },
  'gmail-api-server': {
    what: 'the REST server, for programs',
    forms: ['gmail-api-server    serves http://127.0.0.1:8000/api and /docs (GMAIL_API_PORT)'],
  },
  'gmail-dashboard': {
    what: "the owner's page",
    forms: ['gmail-dashboard    serves http://127.0.0.1:8002/ (GMAIL_DASHBOARD_PORT); gmail-llm open signs in'],
  },
};

/** What `--help` of a server says. */
export function programHelp(program: ServerProgram): string {
  const { what, forms } = serves[program];
  return [
    `${program} ${version}: ${what}`,
    '',
    ...forms.map((form) => `  ${form}`),
    '',
    'It is configured by variables and by the file settings in the home (GMAIL_HOME): `gmail-llm config list` shows each.',
    'Usually a supervisor starts it: `gmail-llm up`. `gmail-llm --help` has every command.',
    '',
  ].join('\n');
}
