import { messageOf } from './errors.ts';
import { logLevels } from './logger.ts';
import { grants, mailToolsets, toolsets } from './grants.ts';
import { storeAddress } from './store-address.ts';
import {
  expected,
  oneOf,
  setOf,
  port,
  count,
  printable,
  googleUrl,
  pubsubName,
  mirrored,
  absolutePath,
  account,
  hostPattern,
  allowedHost,
  channelSender,
} from './variable-forms.ts';

/** A variable: what it means, what stands when it is not set, and how its text becomes a value. */
export interface Variable<T, Fallback extends string | undefined = string> {
  readonly meaning: string;
  readonly fallback: Fallback;
  /** Returns the value, or throws an Error whose message says what was expected. */
  readonly parse: (text: string) => T;
}

/** The one schema of the environment. `GMAIL_HOME` is not here: it decides where a home is before anything is read. */
export const variables = {
  GMAIL_HOST: {
    meaning: 'address the servers bind',
    fallback: '127.0.0.1',
    parse: (text: string) => hostPattern.exec(text)?.[1] ?? expected('a host name or an IP address'),
  },
  GMAIL_ALLOWED_HOSTS: {
    meaning: 'names besides loopback under which the servers may be called',
    fallback: undefined,
    parse: (text: string) => text.split(',').map((entry) => allowedHost(entry.trim())),
  },
  GMAIL_MCP_PORT: { meaning: 'port of the MCP server', fallback: '8001', parse: port },
  GMAIL_API_PORT: { meaning: 'port of the REST server', fallback: '8000', parse: port },
  GMAIL_DASHBOARD_PORT: { meaning: "port of the owner's page", fallback: '8002', parse: port },
  GMAIL_BACKEND: { meaning: 'where the mail is', fallback: 'local', parse: oneOf(['local', 'gmail']) },
  GMAIL_STORE: {
    meaning: 'PostgreSQL database that several hosts share, in place of SQLite in the home',
    fallback: undefined,
    parse: storeAddress,
  },
  GMAIL_KEY_FILE: {
    meaning: 'file of the key that encrypts logins; the same on every host of one store',
    fallback: undefined,
    parse: absolutePath,
  },
  GMAIL_ACCOUNT: { meaning: 'account used when a call names none', fallback: undefined, parse: account },
  GMAIL_GRANTS: { meaning: 'what both servers may do', fallback: undefined, parse: setOf(grants) },
  GMAIL_MCP_TOOLSETS: { meaning: 'toolsets listed to agents', fallback: 'core', parse: setOf(toolsets, mailToolsets) },
  GMAIL_CHANNEL_SENDERS: {
    meaning: 'senders whose new mail wakes Claude Code through `gmail-mcp-server --stdio`',
    fallback: undefined,
    parse: (text: string) => text.split(',').map((entry) => channelSender(entry.trim().toLowerCase())),
  },
  GMAIL_AUTH: { meaning: 'whether callers show a token', fallback: 'token', parse: oneOf(['token', 'none']) },
  GMAIL_LOG_LEVEL: { meaning: 'lowest level that is logged', fallback: 'info', parse: oneOf(logLevels) },
  GMAIL_API_ROOT_URL: {
    meaning: 'where the Gmail API is',
    fallback: 'https://gmail.googleapis.com/',
    parse: googleUrl(['gmail.googleapis.com']),
  },
  GMAIL_OAUTH_ROOT_URL: {
    meaning: 'where the OAuth endpoints are',
    fallback: 'https://accounts.google.com/',
    parse: googleUrl(['accounts.google.com', 'oauth2.googleapis.com']),
  },
  GMAIL_ACCESS_TOKEN: {
    meaning: 'a bearer token used instead of a stored login',
    fallback: undefined,
    parse: printable,
  },
  GMAIL_CLIENT_ID: {
    meaning: 'id of the OAuth client that logs in',
    fallback: undefined,
    parse: printable,
  },
  GMAIL_CLIENT_SECRET: { meaning: "that client's secret", fallback: undefined, parse: printable },
  GMAIL_KEY_STORE: {
    meaning: 'where the key that encrypts logins and cached mail is kept',
    fallback: 'file',
    parse: oneOf(['file', 'keyring']),
  },
  GMAIL_QUOTA: {
    meaning: "Google's table of quota units: 2026, or legacy for projects that used the API before May 2026",
    fallback: '2026',
    parse: oneOf(['2026', 'legacy']),
  },
  GMAIL_QUOTA_UNITS_PER_MINUTE: {
    meaning: 'units that all processes may use in a minute, if not what the table gives a user',
    fallback: undefined,
    parse: count(200, 10_000_000),
  },
  GMAIL_CONCURRENCY: {
    meaning: 'requests of one account that may be under way at once, in all processes together',
    fallback: '8',
    parse: count(1, 100),
  },
  GMAIL_CACHE: {
    meaning: 'whether messages read from Gmail are kept on disk',
    fallback: 'encrypted',
    parse: oneOf(['encrypted', 'off']),
  },
  GMAIL_CA_FILE: {
    meaning: 'certificates of authorities (PEM) that are trusted beside the usual ones',
    fallback: undefined,
    parse: absolutePath,
  },
  GMAIL_CACHE_MEGABYTES: { meaning: 'how much of them is kept', fallback: '500', parse: count(10, 1_000_000) },
  GMAIL_MIRROR: {
    meaning: 'live accounts whose mail is kept here whole, unencrypted: off, on, or addresses',
    fallback: 'off',
    parse: mirrored,
  },
  GMAIL_MIRROR_SPAM_TRASH: {
    meaning: 'whether spam and trash are kept too',
    fallback: 'off',
    parse: oneOf(['off', 'on']),
  },
  GMAIL_MIRROR_MEGABYTES: {
    meaning: 'how much disk the mirror of one account may take',
    fallback: undefined,
    parse: count(10, 10_000_000),
  },
  GMAIL_PUBSUB_SUBSCRIPTION: {
    meaning: 'Pub/Sub subscription that notices of new mail are pulled from',
    fallback: undefined,
    parse: pubsubName('subscriptions'),
  },
  GMAIL_PUBSUB_TOPIC: {
    meaning: 'Pub/Sub topic that Gmail publishes changes to',
    fallback: undefined,
    parse: pubsubName('topics'),
  },
  GMAIL_PUBSUB_KEY_FILE: {
    meaning: 'JSON key of the service account that pulls the subscription',
    fallback: undefined,
    parse: absolutePath,
  },
  GMAIL_PUBSUB_ROOT_URL: {
    meaning: 'where Pub/Sub is',
    fallback: 'https://pubsub.googleapis.com/',
    parse: googleUrl(['pubsub.googleapis.com']),
  },
} as const satisfies Readonly<Record<string, Variable<unknown, string | undefined>>>;

export type VariableName = keyof typeof variables;
/** Variables whose faulty value must not be shown. */
const secretVariables: ReadonlySet<VariableName> = new Set([
  'GMAIL_ACCESS_TOKEN',
  'GMAIL_CLIENT_SECRET',
  'GMAIL_STORE',
]);

/**
 * What all hosts of a store may have in common. The others belong to a host (addresses, ports, files, its log), lead to the
 * store, or are secrets.
 */
export const sharedVariables = [
  'GMAIL_ALLOWED_HOSTS',
  'GMAIL_BACKEND',
  'GMAIL_ACCOUNT',
  'GMAIL_GRANTS',
  'GMAIL_MCP_TOOLSETS',
  'GMAIL_CHANNEL_SENDERS',
  'GMAIL_QUOTA',
  'GMAIL_QUOTA_UNITS_PER_MINUTE',
  'GMAIL_CONCURRENCY',
  'GMAIL_CACHE',
  'GMAIL_CACHE_MEGABYTES',
  'GMAIL_MIRROR',
  'GMAIL_MIRROR_SPAM_TRASH',
  'GMAIL_MIRROR_MEGABYTES',
] as const satisfies readonly VariableName[];

/** Whether a variable is one of ours that can stand in the settings; `GMAIL_HOME` cannot. */
export function isVariable(name: string): name is VariableName {
  return Object.hasOwn(variables, name);
}

/** Whether the value of a variable must not be shown or left in a file that others may read. */
export function isSecretVariable(name: string): boolean {
  return isVariable(name) && secretVariables.has(name);
}

/** What was expected of a value that does not fit its variable; undefined for one that fits. */
export function variableFault(name: VariableName, text: string): string | undefined {
  try {
    variables[name].parse(text);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** The ports that the servers listen on; 0 lets the system choose. */
export const portVariables = ['GMAIL_MCP_PORT', 'GMAIL_API_PORT', 'GMAIL_DASHBOARD_PORT'] as const;
