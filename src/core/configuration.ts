import { isAbsolute } from 'node:path';
import { AppError, messageOf } from './errors.ts';
import { logLevels, type LogLevel } from './logger.ts';
import { isAccountAddress } from './account-address.ts';

/** What a caller may do with mail, from reading to deleting for good: what `GMAIL_GRANTS` can name. */
export const grants = ['read', 'organize', 'draft', 'send', 'settings', 'delete'] as const;
export type MailGrant = (typeof grants)[number];
/** What a token can be good for. `admin` is about this installation itself: `GMAIL_GRANTS` neither gives nor limits it. */
export const tokenGrants = [...grants, 'admin'] as const;
export type Grant = (typeof tokenGrants)[number];

/** Groups of operations that `all` shows to an agent. */
const mailToolsets = ['core', 'drafts', 'threads', 'labels', 'filters', 'settings', 'sync', 'data', 'delete'] as const;
/** Groups of operations that an agent can be shown. */
const toolsets = [...mailToolsets, 'admin'] as const;
export type Toolset = (typeof toolsets)[number];

/** Everything the environment decides, read once at the start of a process. */
export interface Configuration {
  readonly host: string;
  /** Names in lower case, and origins as browsers write them. */
  readonly allowedHosts: readonly string[];
  readonly mcpPort: number;
  readonly apiPort: number;
  readonly dashboardPort: number;
  readonly backend: 'local' | 'gmail';
  /** A PostgreSQL database that several hosts share; undefined: SQLite in the home. */
  readonly store?: string;
  /** The key that encrypts logins, where it is not in its usual place. */
  readonly keyFile?: string;
  readonly account?: string;
  readonly grants: ReadonlySet<MailGrant>;
  readonly toolsets: ReadonlySet<Toolset>;
  /** Senders whose new mail wakes an agent on standard input and output: addresses, and domains as `@example.org`. */
  readonly channelSenders: readonly string[];
  readonly auth: 'token' | 'none';
  readonly logLevel: LogLevel;
  readonly apiRootUrl: string;
  readonly oauthRootUrl: string;
  readonly accessToken?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly keyStore: 'file' | 'keyring';
  readonly quota: '2026' | 'legacy';
  readonly quotaUnitsPerMinute?: number;
  readonly concurrency: number;
  readonly cache: 'encrypted' | 'off';
  readonly cacheMegabytes: number;
  readonly authorityFile?: string;
  /** Which live accounts are mirrored into a store here. */
  readonly mirror: 'off' | 'on' | readonly string[];
  readonly mirrorSpamTrash: boolean;
  /** How much disk the mirror of one account may take; undefined: as much as there is. */
  readonly mirrorMegabytes?: number;
  /** Where Gmail's notices of changes are fetched from; undefined where it is only asked. */
  readonly pubsub?: PubsubConfiguration;
}

/** A subscription of Cloud Pub/Sub and who may pull it. */
export interface PubsubConfiguration {
  /** `projects/P/subscriptions/S`. */
  readonly subscription: string;
  /** `projects/P/topics/T`. */
  readonly topic: string;
  /** The JSON key of a service account. */
  readonly keyFile: string;
  readonly rootUrl: string;
}

const defaultGrants = {
  local: ['read', 'organize', 'draft', 'send'],
  gmail: ['read', 'organize', 'draft'],
} as const satisfies Record<Configuration['backend'], readonly Grant[]>;

/** A variable: what it means, what stands when it is not set, and how its text becomes a value. */
interface Variable<T, Fallback extends string | undefined = string> {
  readonly meaning: string;
  readonly fallback: Fallback;
  /** Returns the value, or throws an Error whose message says what was expected. */
  readonly parse: (text: string) => T;
}

function expected(what: string): never {
  throw new Error(what);
}

function oneOf<const T extends string>(values: readonly T[]): (text: string) => T {
  return (text) => values.find((value) => value === text) ?? expected(`one of ${values.join(', ')}`);
}

/** What a comma-separated list of these values looks like, as an error says it. */
export function listForm(values: readonly string[]): string {
  return `a comma-separated list of ${values.join(', ')}, or all`;
}

/**
 * The values that a comma-separated list names, and each word that is none of them; `all` is every one of `all`, which
 * are all values unless some have to be named.
 */
export function readList<const T extends string>(
  values: readonly T[],
  text: string,
  all: readonly T[] = values,
): { readonly named: readonly T[]; readonly unknown: readonly string[] } {
  const words = text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  const named = words.flatMap((word) => (word === 'all' ? all : values.filter((value) => value === word)));
  return {
    named: [...new Set(named)],
    unknown: words.filter((word) => word !== 'all' && !values.some((value) => value === word)),
  };
}

/** A list of values that names at least one, and nothing else. */
function setOf<const T extends string>(
  values: readonly T[],
  all: readonly T[] = values,
): (text: string) => ReadonlySet<T> {
  return (text) => {
    const { named, unknown } = readList(values, text, all);
    return named.length > 0 && unknown.length === 0 ? new Set(named) : expected(listForm(values));
  };
}

function port(text: string): number {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : -1;
  return value >= 0 && value <= 65535 ? value : expected('a port from 0 to 65535');
}

function count(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : -1;
    return value >= least && value <= most ? value : expected(`a whole number from ${least} to ${most}`);
  };
}

const printable = (text: string): string =>
  /^[\x21-\x7e]+$/.test(text) ? text : expected('printable characters without spaces');

/** Whether a host name or address is this machine's loopback. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** Google's own host over https, or anything on this machine: mail must not be sent elsewhere by a variable. */
function googleUrl(googleHosts: readonly string[]): (text: string) => string {
  return (text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const isGoogle = url?.protocol === 'https:' && googleHosts.includes(url.host);
    const isLocal = url !== undefined && /^https?:$/.test(url.protocol) && isLoopback(url.hostname);
    return isGoogle || isLocal ? text : expected(`https://${googleHosts[0]}/ or an address on this machine`);
  };
}

/** A resource of Cloud Pub/Sub by its whole name (cloud.google.com/pubsub/docs/pubsub-basics#resource_names). */
function pubsubName(kind: 'topics' | 'subscriptions'): (text: string) => string {
  const pattern = new RegExp(`^projects/[a-z][a-z\\d-]{4,28}[a-z\\d]/${kind}/[A-Za-z][\\w.~+%-]{2,254}$`);
  return (text) => (pattern.test(text) ? text : expected(`projects/PROJECT/${kind}/NAME`));
}

function mirrored(text: string): Configuration['mirror'] {
  if (text === 'on' || text === 'off') return text;
  return text.split(',').map((word) => account(word.trim()));
}

const absolutePath = (text: string): string => (isAbsolute(text) ? text : expected('an absolute path'));

/** The address of a database, without saying what was wrong in it: it may hold a password. */
function storeAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPostgres = url?.protocol === 'postgres:' || url?.protocol === 'postgresql:';
  return isPostgres && url.pathname.length > 1 ? text : expected('postgres://USER:PASSWORD@HOST:PORT/DATABASE');
}

const account = (text: string): string => (isAccountAddress(text) ? text.toLowerCase() : expected('an e-mail address'));

/** A host name or an address; an IPv6 address may stand in brackets, as in a URL. */
const hostPattern = /^\[?([\w.:-]+)\]?$/;

/** A host name or an address as it is, or an origin; in lower case, an origin without its default port. */
function allowedHost(text: string): string {
  const form = 'names such as mail.lan, or origins such as https://mail.lan:8443, comma-separated';
  const name = text.toLowerCase();
  if (/^(?:[\w-]+(?:\.[\w-]+)*|\[[\da-f:.]+\])$/.test(name)) return name;
  const url = /^https?:\/\/[^/]+$/.test(name) ? URL.parse(name) : null;
  return url !== null && url.username === '' && url.password === '' ? url.origin : expected(form);
}

/** An address, or all of a domain as `@example.org`. */
function channelSender(text: string): string {
  const isDomain = /^@[\w-]+(?:\.[\w-]+)+$/.test(text);
  return isDomain || isAccountAddress(text) ? text : expected('addresses, or domains as @example.org, comma-separated');
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

type VariableName = keyof typeof variables;
/** Variables whose faulty value must not be shown. */
const secretVariables: ReadonlySet<VariableName> = new Set([
  'GMAIL_ACCESS_TOKEN',
  'GMAIL_CLIENT_SECRET',
  'GMAIL_STORE',
]);
const known: ReadonlySet<string> = new Set([...Object.keys(variables), 'GMAIL_HOME']);

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

/**
 * The configuration the environment describes. An empty variable counts as not set.
 *
 * Throws `INVALID_INPUT` with every fault at once: the variable, what was expected, what was found. A `GMAIL_…`
 * variable that is not in the schema is a fault too: a misspelt limit must not be no limit.
 */
export function parseConfiguration(environment: Readonly<Record<string, string | undefined>>): Configuration {
  const faults: string[] = [];

  /** The variable's value; a faulty one is noted and the fallback stands in, so that the rest is checked too. */
  function read<T, Fallback extends string | undefined>(
    name: VariableName,
    { fallback, parse }: Variable<T, Fallback>,
  ): T | (Fallback & undefined);
  function read<T>(name: VariableName, { fallback, parse }: Variable<T, string | undefined>): T | undefined {
    const text = environment[name];
    if (text !== undefined && text !== '') {
      try {
        return parse(text);
      } catch (error) {
        const shown = secretVariables.has(name) ? 'something else' : JSON.stringify(text);
        faults.push(`${name}: expected ${messageOf(error)}, got ${shown}`);
      }
    }
    return fallback === undefined ? undefined : parse(fallback);
  }

  const backend = read('GMAIL_BACKEND', variables.GMAIL_BACKEND);
  const accountAddress = read('GMAIL_ACCOUNT', variables.GMAIL_ACCOUNT);
  const store = read('GMAIL_STORE', variables.GMAIL_STORE);
  const homeKeyFile = read('GMAIL_KEY_FILE', variables.GMAIL_KEY_FILE);
  const accessToken = read('GMAIL_ACCESS_TOKEN', variables.GMAIL_ACCESS_TOKEN);
  const clientId = read('GMAIL_CLIENT_ID', variables.GMAIL_CLIENT_ID);
  const clientSecret = read('GMAIL_CLIENT_SECRET', variables.GMAIL_CLIENT_SECRET);
  const authorityFile = read('GMAIL_CA_FILE', variables.GMAIL_CA_FILE);
  const quotaUnitsPerMinute = read('GMAIL_QUOTA_UNITS_PER_MINUTE', variables.GMAIL_QUOTA_UNITS_PER_MINUTE);
  const subscription = read('GMAIL_PUBSUB_SUBSCRIPTION', variables.GMAIL_PUBSUB_SUBSCRIPTION);
  const mirrorMegabytes = read('GMAIL_MIRROR_MEGABYTES', variables.GMAIL_MIRROR_MEGABYTES);
  const topic = read('GMAIL_PUBSUB_TOPIC', variables.GMAIL_PUBSUB_TOPIC);
  const keyFile = read('GMAIL_PUBSUB_KEY_FILE', variables.GMAIL_PUBSUB_KEY_FILE);
  const configuration: Configuration = {
    host: read('GMAIL_HOST', variables.GMAIL_HOST),
    allowedHosts: read('GMAIL_ALLOWED_HOSTS', variables.GMAIL_ALLOWED_HOSTS) ?? [],
    mcpPort: read('GMAIL_MCP_PORT', variables.GMAIL_MCP_PORT),
    apiPort: read('GMAIL_API_PORT', variables.GMAIL_API_PORT),
    dashboardPort: read('GMAIL_DASHBOARD_PORT', variables.GMAIL_DASHBOARD_PORT),
    backend,
    ...(store === undefined ? {} : { store }),
    ...(homeKeyFile === undefined ? {} : { keyFile: homeKeyFile }),
    grants: read('GMAIL_GRANTS', variables.GMAIL_GRANTS) ?? new Set(defaultGrants[backend]),
    toolsets: read('GMAIL_MCP_TOOLSETS', variables.GMAIL_MCP_TOOLSETS),
    channelSenders: read('GMAIL_CHANNEL_SENDERS', variables.GMAIL_CHANNEL_SENDERS) ?? [],
    auth: read('GMAIL_AUTH', variables.GMAIL_AUTH),
    logLevel: read('GMAIL_LOG_LEVEL', variables.GMAIL_LOG_LEVEL),
    apiRootUrl: read('GMAIL_API_ROOT_URL', variables.GMAIL_API_ROOT_URL),
    oauthRootUrl: read('GMAIL_OAUTH_ROOT_URL', variables.GMAIL_OAUTH_ROOT_URL),
    ...(accountAddress === undefined ? {} : { account: accountAddress }),
    keyStore: read('GMAIL_KEY_STORE', variables.GMAIL_KEY_STORE),
    quota: read('GMAIL_QUOTA', variables.GMAIL_QUOTA),
    concurrency: read('GMAIL_CONCURRENCY', variables.GMAIL_CONCURRENCY),
    cache: read('GMAIL_CACHE', variables.GMAIL_CACHE),
    cacheMegabytes: read('GMAIL_CACHE_MEGABYTES', variables.GMAIL_CACHE_MEGABYTES),
    ...(authorityFile === undefined ? {} : { authorityFile }),
    ...(accessToken === undefined ? {} : { accessToken }),
    ...(clientId === undefined ? {} : { clientId }),
    ...(clientSecret === undefined ? {} : { clientSecret }),
    ...(quotaUnitsPerMinute === undefined ? {} : { quotaUnitsPerMinute }),
    mirror: read('GMAIL_MIRROR', variables.GMAIL_MIRROR),
    mirrorSpamTrash: read('GMAIL_MIRROR_SPAM_TRASH', variables.GMAIL_MIRROR_SPAM_TRASH) === 'on',
    ...(mirrorMegabytes === undefined ? {} : { mirrorMegabytes }),
    ...(subscription === undefined || topic === undefined || keyFile === undefined
      ? {}
      : {
          pubsub: {
            subscription,
            topic,
            keyFile,
            rootUrl: read('GMAIL_PUBSUB_ROOT_URL', variables.GMAIL_PUBSUB_ROOT_URL),
          },
        }),
  };

  const { auth, host, mcpPort, apiPort, dashboardPort } = configuration;
  if (auth === 'none' && !isLoopback(host)) {
    faults.push(`GMAIL_AUTH: expected token, as GMAIL_HOST is not a loopback address, got "none" with "${host}"`);
  }
  if (store !== undefined && backend === 'gmail') {
    faults.push(
      'GMAIL_STORE: expected nothing with GMAIL_BACKEND=gmail, as logins, quotas and mirrors of live accounts are kept by one host, got an address',
    );
  }
  if (configuration.keyStore === 'keyring' && (store !== undefined || homeKeyFile !== undefined)) {
    const name = store === undefined ? 'GMAIL_KEY_FILE' : 'GMAIL_STORE';
    faults.push(`${name}: expected GMAIL_KEY_STORE=file with it, as hosts share a key by its file, got "keyring"`);
  }
  if (mcpPort !== 0 && mcpPort === apiPort) {
    faults.push(`GMAIL_API_PORT: expected another port than GMAIL_MCP_PORT, got ${apiPort} for both`);
  }
  const pubsub = Object.entries({ SUBSCRIPTION: subscription, TOPIC: topic, KEY_FILE: keyFile });
  const isPushed = pubsub.some(([, value]) => value !== undefined);
  for (const [name] of pubsub.filter(([, value]) => isPushed && value === undefined)) {
    faults.push(`GMAIL_PUBSUB_${name}: expected a value, as the others of GMAIL_PUBSUB_… are set, got nothing`);
  }
  // The default in the way of another server's port must not keep that server from starting.
  const isNamed = (environment.GMAIL_DASHBOARD_PORT ?? '') !== '' && dashboardPort !== 0;
  if (isNamed && (dashboardPort === mcpPort || dashboardPort === apiPort)) {
    const other = dashboardPort === mcpPort ? 'GMAIL_MCP_PORT' : 'GMAIL_API_PORT';
    faults.push(`GMAIL_DASHBOARD_PORT: expected another port than ${other}, got ${dashboardPort} for both`);
  }
  for (const name of Object.keys(environment)) {
    if (name.startsWith('GMAIL_') && !known.has(name)) {
      faults.push(`${name}: expected one of ${[...known].join(', ')}; this variable is not known`);
    }
  }
  if (faults.length > 0) {
    throw new AppError('INVALID_INPUT', 'The environment is not usable.', {
      faults,
      hint: 'Correct or unset the variables named, then start again; `gmail-llm config list` says where each comes from.',
    });
  }
  return configuration;
}
