import type { CommandDescription } from './command.ts';

/**
 * The commands in the order of the help, and all that help, the manual page, completion and docs/commands.md say of them.
 * What a command does is loaded when it is run (main.ts): `ctl` must not wait for a mail parser.
 */
export const commands = {
  up: {
    summary: 'start the supervisor and its programs',
    forms: ['up [--detach]'],
    options: { '--detach': 'in the background; returns once everything is ready, with 75 where something is not' },
    examples: ['gmail-llm up --detach'],
  },
  open: {
    summary: "the owner's page in a browser, by a link that works once",
    forms: ['open [--no-browser]'],
    options: { '--no-browser': 'print the link and open nothing' },
    examples: ['gmail-llm open'],
  },
  ctl: {
    summary: "supervisorctl's verbs: status, start, stop, restart, tail, …",
    forms: ['ctl VERB …', 'ctl status [--json]', 'ctl restart NAME…', 'ctl tail [-f] NAME', 'ctl shutdown'],
    options: { '--json': 'with status: an array of objects' },
    examples: [
      'gmail-llm ctl status',
      'gmail-llm ctl restart gmail-servers:*',
      'gmail-llm ctl tail -f gmail-api-server',
    ],
  },
  units: {
    summary: 'systemd units and launchd agents for the programs of supervisord.conf',
    forms: ['units [--system [--user NAME]] [--write FOLDER]'],
    options: {
      '--system': 'services of the whole system, kept from all that they do not need',
      '--user NAME': 'with --system: who they run as; you without it',
      '--write FOLDER': 'write the files there; without it they are printed',
    },
    examples: ['gmail-llm units --write ~/.config/systemd/user'],
  },
  import: {
    summary: 'import mbox, Maildir, folders of .eml, Google Takeout into the local mailbox',
    forms: ['import [--account ADDRESS] [--since DATE] [--until DATE] [--without-spam] [--dry-run] [--json] PATH…'],
    options: {
      '--account ADDRESS': 'the mailbox that the mail goes to; made if it is not there',
      '--since DATE': 'only messages received on this day or later; also a month or a year: 2015-03, 2015',
      '--until DATE': 'only messages received on this day, month or year or before',
      '--without-spam': 'no messages labelled as spam',
      '--dry-run': 'store nothing, only report what would be imported',
      '--json': 'the report as an object',
    },
    examples: [
      'gmail-llm import --account you@gmail.com ~/takeout.zip ~/Maildir',
      'gmail-llm import --dry-run --since 2015 --without-spam ~/takeout.zip',
    ],
  },
  export: {
    summary: 'write messages into an mbox file, a Maildir or lines of JSON',
    forms: ['export [--q QUERY] [--account ADDRESS] [--spam-trash] --mbox|--maildir|--ndjson [PATH]'],
    options: {
      '--q QUERY': 'a Gmail query; without it everything',
      '--account ADDRESS': 'whose mail; needed with several accounts',
      '--spam-trash': 'spam and trash too',
      '--mbox': 'one file, with labels and threads in X-Gmail-Labels and X-GM-THRID as in a Takeout',
      '--maildir': 'a folder with a file for each message; PATH has to be named',
      '--ndjson': 'a JSON object a line: what read_message returns, whole',
      PATH: 'a new file or folder; none, or -, is standard output',
    },
    examples: [
      "gmail-llm export --q 'label:invoices after:2025/1/1' --mbox invoices.mbox",
      'gmail-llm export --ndjson | head -1',
    ],
  },
  backup: {
    summary: 'copy a home, running or not, into one file',
    forms: ['backup [--without-secrets] FILE'],
    options: { '--without-secrets': 'no logins, no access tokens, no secret settings' },
    examples: ['gmail-llm backup ~/gmail-llm-2026-11-28.tar.zst'],
  },
  restore: {
    summary: 'put a backup into the home',
    forms: ['restore [--force] FILE'],
    options: { '--force': 'move what is in the home aside; nothing is deleted' },
    examples: ['GMAIL_HOME=~/other gmail-llm restore ~/gmail-llm-2026-11-28.tar.zst'],
  },
  check: {
    summary: 'check everything that is stored: databases, messages, search index, audit log, outbox',
    forms: ['check [--repair] [--quick] [--json]'],
    options: {
      '--repair': 'put right what can be: counts, left-over rows, the search index',
      '--quick': 'do not read the bytes of every message',
      '--json': 'an object with counts and findings',
    },
    examples: ['gmail-llm check', 'gmail-llm check --repair'],
  },
  migrate: {
    summary: 'copy everything that is stored to another engine, and compare what arrived',
    forms: ['migrate --to postgres://…|sqlite|- [--json]'],
    options: {
      '--to STORE':
        'the database that hosts are to share, - to read its address from standard input, or sqlite to go back into the files of this home',
      '--json': 'an object with counts and hashes',
    },
    examples: ['gmail-llm migrate --to postgres://gmail@db.example/gmail'],
  },
  login: {
    summary: 'connect a Gmail account',
    forms: [
      'login [--account ADDRESS] [--client FILE] [--grants LIST] [--no-browser|--paste] [--port N] [--accept-missing]',
      'login --service-account FILE --account ADDRESS [--grants LIST]',
    ],
    options: {
      '--account ADDRESS': 'the account to connect, where the browser has several',
      '--client FILE': 'JSON of an OAuth client of your own, type Desktop',
      '--grants LIST': 'what the login is to be good for: read, organize, draft, send, settings, delete',
      '--no-browser': 'print the address and open nothing',
      '--paste': 'paste the address that the browser ends at; for a machine without a browser',
      '--port N': 'the port that the browser comes back to',
      '--accept-missing': 'store the login even if not every box was ticked',
      '--service-account FILE': 'a service account of a Google Workspace, with domain-wide delegation',
    },
    examples: ['gmail-llm login --client client_secret.json'],
  },
  config: {
    summary: 'see and change the settings of this home',
    forms: [
      'config [list] [--json]',
      'config get NAME [--json]',
      'config set NAME VALUE|- [--shared]',
      'config unset NAME [--shared]',
    ],
    options: {
      '--json': 'values with their origin: environment, servers, settings, shared or default',
      '--shared': 'for all hosts of the GMAIL_STORE, where they do not say otherwise themselves',
    },
    examples: [
      'gmail-llm config set GMAIL_BACKEND gmail',
      'gmail-llm config set GMAIL_STORE - < address',
      'gmail-llm config set GMAIL_MIRROR on --shared',
    ],
  },
  'log-level': {
    summary: 'what running servers log of one subsystem',
    forms: ['log-level', 'log-level SUBSYSTEM LEVEL [--minutes N]', 'log-level SUBSYSTEM default'],
    options: { '--minutes N': 'how long it holds; an hour without it' },
    examples: ['gmail-llm log-level gmail debug', 'gmail-llm log-level all default'],
  },
  jobs: {
    summary: 'what servers do by themselves',
    forms: ['jobs [list] [--json]', 'jobs run NAME'],
    options: { '--json': 'an array of jobs' },
    examples: ['gmail-llm jobs', 'gmail-llm jobs run outbox-prune'],
  },
  accounts: {
    summary: 'local mailboxes and Gmail logins',
    forms: [
      'accounts [list] [--json]',
      'accounts rename ADDRESS NEW',
      'accounts remove ADDRESS [--yes]',
      'accounts rotate-key',
    ],
    options: { '--json': 'an array of objects', '--yes': 'delete a local mailbox without asking' },
    examples: ['gmail-llm accounts', 'gmail-llm accounts rename me@localhost ann@example.org'],
  },
  doctor: {
    summary: "what's wrong here and how to fix it",
    forms: ['doctor [--json] [--fix]'],
    options: { '--json': 'an array of findings', '--fix': 'repair what is safe to repair, then look again' },
    examples: ['gmail-llm doctor'],
  },
  call: {
    summary: 'any operation, JSON out',
    forms: ['call OPERATION [--FIELD VALUE …]', 'call OPERATION --help'],
    options: {
      '--FIELD VALUE': "a field of the operation; a list is given by repeating it. The operation's help names them",
      '--FIELD-file PATH': 'the same, read from a file; - is standard input',
      '--account ADDRESS': 'the account to use, where there are several',
    },
    examples: [
      "gmail-llm call search_messages --q 'has:attachment from:ann'",
      'gmail-llm call send_message --to ann@example.org --subject Hi --body-file letter.txt',
    ],
  },
  outbox: {
    summary: 'messages that wait to be sent',
    forms: [
      'outbox [list] [--json] [--all]',
      'outbox show ID [--json]',
      'outbox approve ID [--hash HASH]',
      'outbox reject ID [--reason TEXT]',
      'outbox cancel ID',
      'outbox retry ID',
    ],
    options: {
      '--all': 'those that are sent or dropped, too',
      '--hash HASH': 'approve, at a terminal, without a question: the very message that `show` printed',
      '--reason TEXT': 'what whoever asked for the message is told',
      '--json': 'an array of entries',
    },
    examples: ['gmail-llm outbox'],
  },
  emulate: {
    summary: 'a local Gmail API emulator, for tests',
    forms: ['emulate [--port N] [--account ADDRESS] [--token-seconds N] [--latency-ms N]'],
    options: {
      '--port N': 'where it listens; 0 lets the system choose',
      '--account ADDRESS': 'the local mailbox to serve',
      '--token-seconds N': 'how long an access token lasts',
      '--latency-ms N': 'how long each answer takes at least',
    },
    examples: ['gmail-llm emulate --port 0'],
  },
  audit: {
    summary: 'who changed what, over which transport',
    forms: [
      'audit [--since TIME] [--token NAME] [--account ADDRESS] [--operation NAME] [--limit N] [--json]',
      'audit --verify',
    ],
    options: {
      '--since TIME': '90m, 12h, 7d, or a date and time',
      '--token NAME': 'changes of this token',
      '--account ADDRESS': 'changes of this account',
      '--operation NAME': 'changes by this operation',
      '--limit N': 'how many entries at most',
      '--verify': 'check that nothing was changed or cut off afterwards',
      '--json': 'one object a line',
    },
    examples: ['gmail-llm audit --since 7d'],
  },
  policy: {
    summary: 'the sending rules that hold for each account, or the faults of policy.json',
    forms: ['policy [check]', 'policy explain ADDRESS… [--account ADDRESS]', 'policy set FILE'],
    options: { '--account ADDRESS': 'who would send, where there are several' },
    examples: ['gmail-llm policy check', 'gmail-llm policy explain ann@example.org'],
  },
  connect: {
    summary: 'write this server into the configuration of an MCP client',
    forms: [
      'connect [--json]',
      'connect CLIENT [--name NAME] [--grants LIST] [--accounts LIST] [--toolsets LIST] [--expires TIME] [--print]',
      'connect inspector',
    ],
    options: {
      '--name NAME': 'the name that the server has in the client; gmail without it',
      '--grants LIST': 'what its token may do; what GMAIL_GRANTS allows without it',
      '--accounts LIST': 'addresses of the only accounts that it is good for',
      '--toolsets LIST': 'toolsets that the client is shown; those of GMAIL_MCP_TOOLSETS without it',
      '--expires TIME': 'when its token ends: 12h, 30d, 2027-01-31',
      '--print': 'print what would be added, and change nothing',
      '--json': 'without a client: an array of the clients, with their files',
    },
    examples: [
      'gmail-llm connect',
      'gmail-llm connect claude --grants read,organize',
      'gmail-llm connect cursor --print',
    ],
  },
  disconnect: {
    summary: 'take this server out of the configuration of an MCP client and revoke its token',
    forms: ['disconnect CLIENT [--name NAME]'],
    options: { '--name NAME': 'the name that the server has in the client; gmail without it' },
    examples: ['gmail-llm disconnect claude'],
  },
  token: {
    summary: 'access tokens of agents and programs',
    forms: [
      'token',
      'token create NAME --grants LIST [--accounts LIST] [--toolsets LIST] [--expires TIME]',
      'token list [--json]',
      'token revoke NAME',
    ],
    options: {
      '--grants LIST': 'what the token may do: read, organize, draft, send, settings, delete; all of these; admin',
      '--accounts LIST': 'addresses of the only accounts that it is good for',
      '--toolsets LIST': 'toolsets that agents with it are shown, of those of GMAIL_MCP_TOOLSETS',
      '--expires TIME': 'when it ends: 12h, 30d, 2027-01-31',
      '--json': 'with `list`: an array of the tokens',
    },
    examples: ['gmail-llm token create reader --grants read --accounts me@example.org --expires 30d'],
  },
  sync: {
    summary: 'the mirrors of live accounts: fill them, see how far they are, or delete one',
    forms: [
      'sync [--account ADDRESS] [--json]',
      'sync --status [--account ADDRESS] [--json]',
      'sync --delete --account ADDRESS',
    ],
    options: {
      '--status': 'only say how far they are',
      '--delete': 'delete the mirror of an account that is mirrored no longer',
      '--account ADDRESS': 'of this account only',
      '--json': 'an array of objects',
    },
    examples: ['gmail-llm sync --status'],
  },
  webhook: {
    summary: 'addresses that are told of events',
    forms: [
      'webhook [list] [--json]',
      'webhook add URL [--kind LIST] [--account LIST] [--q QUERY] [--message] [--json]',
      'webhook test ID',
      'webhook rotate ID',
      'webhook deliveries ID [--json]',
      'webhook resend DELIVERY',
      'webhook on ID',
      'webhook remove ID',
    ],
    options: {
      '--kind LIST': 'only these kinds of events, comma-separated: messageAdded,labelsChanged',
      '--account LIST': 'only events of these accounts',
      '--q QUERY': 'only events of messages that match',
      '--message': "also the message's sender, subject and text",
      '--json': 'JSON instead of lines',
    },
    examples: ['gmail-llm webhook add https://example.org/mail --kind messageAdded --q from:ann'],
  },
  completion: {
    summary: 'completion for a shell',
    forms: ['completion bash|zsh|fish'],
    options: {},
    examples: ['source <(gmail-llm completion bash)'],
  },
  'start-dual': {
    summary: 'deprecated: the same as up',
    forms: ['start-dual'],
    options: {},
    examples: [],
  },
} as const satisfies Readonly<Record<string, CommandDescription>>;

export type CommandName = keyof typeof commands;

/** Whether there is a command of this name. */
export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(commands, name);
}
