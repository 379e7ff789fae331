import { nearestWord } from './did-you-mean.ts';
import { AppError, messageOf } from './errors.ts';
import type { LogLevel } from './logger.ts';
import type { Grant, MailGrant, Toolset } from './grants.ts';
import { isLoopback } from './loopback.ts';
import { derivedVariable, type Environment } from './settings.ts';
import { isSecretVariable, isVariable, variables, type Variable, type VariableName } from './variables.ts';

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

/** Whether a live account is to be mirrored. */
export function isMirrored(wanted: Configuration['mirror'], account: string): boolean {
  return wanted === 'on' || (wanted !== 'off' && wanted.includes(account));
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

/** An environment that was looked at whole. */
export interface CheckedConfiguration {
  /** A faulty variable has its default here. */
  readonly configuration: Configuration;
  /** Each begins with the variable and a colon: what was expected, what was found. */
  readonly faults: readonly string[];
}

/**
 * The configuration the environment describes. An empty variable counts as not set.
 *
 * Throws `INVALID_INPUT` with every fault at once. A `GMAIL_…` variable that is not in the schema is a fault too: a
 * misspelled limit must not be no limit.
 */
export function parseConfiguration(environment: Environment): Configuration {
  const { configuration, faults } = checkConfiguration(environment);
  if (faults.length === 0) return configuration;
  throw new AppError('INVALID_INPUT', 'The environment is not usable.', {
    faults,
    hint: 'Correct or unset the variables named, then start again; `gmail-llm config list` says where each comes from.',
  });
}

function unknownVariable(name: string): string {
  const known = [...Object.keys(variables), 'GMAIL_HOME'];
  const nearest = nearestWord(name, known);
  return nearest === undefined
    ? `${name}: expected one of ${known.join(', ')}; this variable is not known`
    : `${name}: this variable is not known; did you mean ${nearest}?`;
}

/** The configuration that the environment describes, and every fault of it. */
export function checkConfiguration(environment: Environment): CheckedConfiguration {
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
        const shown = isSecretVariable(name) ? 'something else' : JSON.stringify(text);
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
  const strangers = Object.keys(environment).filter(
    (name) => name.startsWith('GMAIL_') && name !== 'GMAIL_HOME' && name !== derivedVariable && !isVariable(name),
  );
  return { configuration, faults: [...faults, ...strangers.map(unknownVariable)] };
}
