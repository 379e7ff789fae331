import { spawn, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { AccountCredentials, Emulator } from '../../src/emulator/emulator.ts';
import { startEmulator } from '../../src/emulator/start-emulator.ts';
import { openCredentials } from '../../src/gmail/credentials/open-credential-store.ts';
import { ownerToken } from '../../src/safety/tokens/owner-token.ts';
import { sharedTokens } from '../../src/safety/tokens/shared-tokens.ts';
import { openHomeStores, type HomeStores } from '../../src/store/home-stores.ts';
import { childEnvironment } from '../support/child-environment.ts';
import { endOf } from '../support/end-of.ts';
import { freePorts } from '../support/free-ports.ts';
import { bin } from '../support/installation.ts';

/** The account of the home. */
export const account = 'me@example.org';

const topic = 'projects/my-project/topics/mail';
const subscription = 'projects/my-project/subscriptions/mail-here';
const clientEmail = 'robot@my-project.iam.gserviceaccount.com';
/** A server is ready in a second; more for a busy machine. */
const startPatienceMs = 60_000;

/** Where a server of a shared database runs. */
export interface LiveHost {
  /** What its programs are started with beside what all hosts have, such as another address of the database. */
  readonly variables: Readonly<Record<string, string>>;
  /** What they are started by, where that is elsewhere. */
  readonly within: readonly string[];
}

/** A PostgreSQL database: then every server is that of another host, with a home of its own. */
interface SharedDatabase {
  readonly address: string;
  /** The host of each server, where it is a particular one. */
  readonly hosts?: readonly LiveHost[];
}

/** What is needed to log in on an emulator. */
type Login = Pick<AccountCredentials, 'clientId' | 'clientSecret' | 'refreshToken'>;

/** A server of the home. */
export interface LiveServer {
  readonly name: 'gmail-api-server' | 'gmail-mcp-server';
  readonly url: string;
}

/** Servers of one home, or of as many with one database. */
interface RunningServers {
  /** The home's `data`, or that of the first one. */
  readonly dataFolder: string;
  /** What the servers share; closed with them. */
  readonly stores: HomeStores;
  readonly token: string;
  readonly servers: readonly LiveServer[];
  /** Kills a server without a warning, starts it again on the same port, and waits until it can take calls. */
  readonly kill: (server: LiveServer) => Promise<void>;
  /** Kills a server without a warning, and leaves it so. */
  readonly stop: (server: LiveServer) => Promise<void>;
  /** Puts a server to sleep, or wakes it up. */
  readonly signal: (server: LiveServer, signal: 'SIGSTOP' | 'SIGCONT') => void;
  /** The server whose process runs a job now; undefined while none does. */
  readonly holderOf: (job: string) => Promise<LiveServer | undefined>;
  /** Ends the servers, and the emulator if it is theirs, and removes what they wrote. */
  readonly close: () => Promise<void>;
}

/** Servers of one home on an emulator in this process. */
export interface LiveServers extends RunningServers {
  readonly emulator: Emulator;
}

/** A topic, a subscription and a service account that may pull it; returns the variables of a server that does. */
async function setUpPubsub(emulator: Emulator, folder: string): Promise<Readonly<Record<string, string>>> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const keyFile = join(folder, 'key.json');
  const key = { type: 'service_account', client_email: clientEmail, client_id: '1234567890', private_key: privateKey };
  writeFileSync(keyFile, JSON.stringify(key));
  emulator.tokens.registerServiceAccount({ clientEmail, publicKey, delegatedScopes: [] });
  const { accessToken } = emulator.tokens.issue({
    scopes: ['https://www.googleapis.com/auth/pubsub'],
    isServiceAccount: true,
  });
  const put = (path: string, body: object) =>
    fetch(new URL(path, emulator.rootUrl), {
      method: 'PUT',
      headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  await (await put(`/v1/${topic}`, {})).body?.cancel();
  await (await put(`/v1/${subscription}`, { topic })).body?.cancel();
  return {
    GMAIL_PUBSUB_SUBSCRIPTION: subscription,
    GMAIL_PUBSUB_TOPIC: topic,
    GMAIL_PUBSUB_KEY_FILE: keyFile,
    GMAIL_PUBSUB_ROOT_URL: emulator.rootUrl,
  };
}

/** Starts an emulator, and servers of a home whose account is logged in on it, and waits until they can take calls. */
export async function startLiveServers(options: {
  readonly servers: readonly LiveServer['name'][];
  readonly isMirrored: boolean;
  readonly isPushed: boolean;
  /** The quota of the account; without it, more than anybody uses. */
  readonly unitsPerMinute?: number;
  readonly postgres?: SharedDatabase;
  /** What is done to the emulator before the servers start. */
  readonly prepare?: (emulator: Emulator) => Promise<void>;
}): Promise<LiveServers> {
  const folder = mkdtempSync(join(tmpdir(), 'gmail-llm-live-'));
  const { unitsPerMinute = 10_000_000 } = options;
  const emulator = await startEmulator({
    accounts: [{ emailAddress: account, folder: join(folder, 'mailbox') }],
    settings: { unitsPerMinute },
  });
  async function close(): Promise<void> {
    await emulator.close();
    rmSync(folder, { recursive: true, force: true });
  }
  try {
    await options.prepare?.(emulator);
    const running = await startServersOn(emulator, {
      ...options,
      unitsPerMinute,
      environment: options.isPushed ? await setUpPubsub(emulator, folder) : {},
    });
    return {
      ...running,
      emulator,
      async close() {
        await running.close();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Starts servers of a home whose account is logged in on an emulator, and waits until they can take calls. */
export async function startServersOn(
  { rootUrl, accounts }: { readonly rootUrl: string; readonly accounts: readonly Login[] },
  options: {
    readonly servers: readonly LiveServer['name'][];
    readonly isMirrored: boolean;
    readonly unitsPerMinute: number;
    readonly postgres?: SharedDatabase;
    /** More variables of the servers. */
    readonly environment?: Readonly<Record<string, string>>;
  },
): Promise<RunningServers> {
  const folder = mkdtempSync(join(tmpdir(), 'gmail-llm-live-'));
  const home = join(folder, 'home');
  const dataFolder = join(home, 'data');
  const children = new Map<LiveServer, ChildProcess>();
  mkdirSync(dataFolder, { recursive: true });
  const keyFile = join(folder, 'key');
  const shared = options.postgres === undefined ? {} : { store: options.postgres.address, keyFile };
  const stores = await openHomeStores(shared, dataFolder, Date.now);
  async function close(): Promise<void> {
    for (const child of children.values()) await endOf(child, 'SIGTERM');
    await stores.close();
    rmSync(folder, { recursive: true, force: true });
  }
  try {
    const store = openCredentials(stores.live, dataFolder, { keyStore: 'file' });
    const [login] = accounts;
    if (login === undefined) throw new Error('the emulator has no account');
    const { clientId, clientSecret, refreshToken } = login;
    const scopes = ['https://mail.google.com/'];
    await store.save({
      kind: 'oauth',
      emailAddress: account,
      scopes,
      createdMs: Date.now(),
      clientId,
      clientSecret,
      refreshToken,
    });
    store.close();
    const token = await (stores.shared === undefined
      ? ownerToken(dataFolder)
      : sharedTokens(stores.shared, Date.now).owner());
    const environment = {
      ...(options.postgres === undefined ? {} : { GMAIL_STORE: options.postgres.address, GMAIL_KEY_FILE: keyFile }),
      GMAIL_BACKEND: 'gmail',
      GMAIL_MIRROR: options.isMirrored ? 'on' : 'off',
      GMAIL_API_ROOT_URL: rootUrl,
      GMAIL_OAUTH_ROOT_URL: rootUrl,
      GMAIL_QUOTA_UNITS_PER_MINUTE: `${options.unitsPerMinute}`,
      GMAIL_LOG_LEVEL: 'error',
      ...options.environment,
    };
    const ports = await freePorts(2 * options.servers.length);
    const servers = options.servers.map((name, index): LiveServer => ({
      name,
      url: `http://${options.postgres?.hosts?.[index]?.variables.GMAIL_HOST ?? '127.0.0.1'}:${ports[2 * index] ?? 0}`,
    }));
    const start = (server: LiveServer): void => {
      const index = servers.indexOf(server);
      const [port, other] = [ports[2 * index] ?? 0, ports[2 * index + 1] ?? 0];
      const { variables = {}, within = [] } = options.postgres?.hosts?.[index] ?? {};
      const [first, ...words] = [...within, process.execPath, join(bin, `${server.name}.js`)];
      const isApi = server.name === 'gmail-api-server';
      children.set(
        server,
        spawn(first ?? '', words, {
          env: {
            ...childEnvironment,
            ...environment,
            ...variables,
            GMAIL_HOME: options.postgres === undefined ? home : `${home}-${index}`,
            GMAIL_MCP_PORT: `${isApi ? other : port}`,
            GMAIL_API_PORT: `${isApi ? port : other}`,
          },
          stdio: ['ignore', 'ignore', 'inherit'],
        }),
      );
    };
    const stop = async (server: LiveServer): Promise<void> => {
      const child = children.get(server);
      if (child !== undefined) await endOf(child, 'SIGKILL');
    };
    const signal = (server: LiveServer, name: 'SIGSTOP' | 'SIGCONT'): void => {
      children.get(server)?.kill(name);
    };
    const kill = async (server: LiveServer): Promise<void> => {
      await stop(server);
      start(server);
      await untilReady(server.url);
    };
    const holderOf = async (job: string): Promise<LiveServer | undefined> => {
      const record = (await stores.jobs.store().list()).find(({ name }) => name === job);
      return servers.find((server) => record?.runningOn?.endsWith(` ${children.get(server)?.pid}`) === true);
    };
    for (const server of servers) start(server);
    for (const { url } of servers) await untilReady(url);
    return { dataFolder, stores, token, servers, kill, stop, signal, holderOf, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function untilReady(url: string): Promise<void> {
  for (const endMs = performance.now() + startPatienceMs; performance.now() < endMs; await delay(50)) {
    const response = await fetch(`${url}/health/ready`).catch(() => undefined);
    await response?.body?.cancel();
    if (response?.ok === true) return;
  }
  throw new Error(`${url} is not ready after ${startPatienceMs} ms`);
}
