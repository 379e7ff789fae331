import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { grants as mailGrants } from '../core/grants.ts';
import { isLoopback } from '../core/loopback.ts';
import { parseConfiguration } from '../core/configuration.ts';
import { AppError } from '../core/errors.ts';
import { fillHome, packageFolder } from '../core/home.ts';
import { isJsonObject } from '../core/json-object.ts';
import { hashOf } from '../safety/tokens/owner-token.ts';
import type { NewToken } from '../safety/tokens/token-store.ts';
import type { Tokens } from '../safety/tokens/tokens.ts';
import type { CommandContext } from './command.ts';
import { commands } from './commands.ts';
import { readClientFile, writeClientFile } from './connect/client-file.ts';
import { clients, isClientName, type Client, type ClientName, type Connection } from './connect/clients.ts';
import { jsonServer, withJsonServer } from './connect/json-servers.ts';
import { tomlServer, withTomlServer } from './connect/toml-servers.ts';
import { meantHint } from '../core/did-you-mean.ts';
import { serverUrl } from '../core/server-url.ts';
import { newToken, unservedToolsets } from './token-command.ts';
import { withTokens } from './with-tokens.ts';

const inspector = 'inspector';
/** Where a token would be in what is only printed. */
const placeholder = 'TOKEN';

function parseWords(words: readonly string[], command: 'connect' | 'disconnect') {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  try {
    const options = {
      name: text,
      grants: text,
      accounts: text,
      toolsets: text,
      expires: text,
      print: flag,
      json: flag,
    };
    return parseArgs({ args: [...words], options, allowPositionals: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError('INVALID_INPUT', reason, { expected: commands[command].forms.join(' | ') }, error);
  }
}

type Values = ReturnType<typeof parseWords>['values'];

function clientNamed(words: readonly string[]): ClientName {
  const [name = '', ...more] = words;
  if (isClientName(name) && more.length === 0) return name;
  const known = Object.keys(clients);
  throw new AppError('INVALID_INPUT', more.length > 0 ? 'One client at a time.' : 'There is no such client.', {
    field: 'CLIENT',
    expected: known.join(', '),
    got: words.join(' ') || 'nothing',
    hint: meantHint(more.length > 0 ? '' : name, known, 'Others take the address and a header by hand: docs/mcp.md.'),
  });
}

function serverName({ name = 'gmail' }: Values): string {
  if (/^[\w-]{1,40}$/.test(name)) return name;
  throw new AppError('INVALID_INPUT', 'A server has a simple name in a client.', {
    field: '--name',
    expected: '1 to 40 letters, digits, hyphens or underscores',
    got: name,
  });
}

/** A server's place in one client's configuration. */
interface Target {
  readonly client: Client;
  readonly file: string;
  readonly name: string;
  readonly tokenName: string;
}

function targetOf(clientName: ClientName, values: Values, { shell }: CommandContext): Target {
  const client: Client = clients[clientName];
  const userFolder = shell.HOME ?? homedir();
  const name = serverName(values);
  const file = client.file({ platform: process.platform, userFolder, environment: shell });
  return { client, file, name, tokenName: `${name}-${clientName}` };
}

function currentEntry({ client, file, name }: Target): unknown {
  const read = client.format === 'json' ? jsonServer : tomlServer;
  return read(readClientFile(file), client.servers, name, file);
}

function changedText({ client, file, name }: Target, entry: object | undefined): string {
  const change = client.format === 'json' ? withJsonServer : withTomlServer;
  return change(readClientFile(file), client.servers, name, entry, file);
}

function connectionOf(
  { home, environment }: CommandContext,
  { grants, toolsets }: Pick<Values, 'grants' | 'toolsets'>,
  token: string | undefined,
): Connection {
  const configuration = parseConfiguration(environment);
  return {
    url: `${serverUrl(configuration, configuration.mcpPort)}/mcp`,
    token,
    command: process.execPath,
    arguments: [join(packageFolder(), 'bin', 'gmail-mcp-server.js'), '--stdio'],
    environment: {
      GMAIL_HOME: home.folder,
      ...(grants === undefined ? {} : { GMAIL_GRANTS: grants }),
      ...(toolsets === undefined ? {} : { GMAIL_MCP_TOOLSETS: toolsets }),
    },
  };
}

/** Whether an entry leads to a server of ours, on whatever port and from whatever folder. */
function isOurs(entry: unknown): boolean {
  if (!isJsonObject(entry)) return false;
  const { args } = entry;
  const url = entry['url'] ?? entry['httpUrl'];
  const isServer = typeof url === 'string' && /^http:\/\/(?:127\.\d+\.\d+\.\d+|localhost|\[::1\]):\d+\/mcp$/.test(url);
  return isServer || (Array.isArray(args) && args.some((word) => String(word).includes('gmail-mcp-server')));
}

function tokenIn(entry: unknown): string | undefined {
  return /Bearer ([\w-]+)/.exec(JSON.stringify(entry) ?? '')?.[1];
}

function isSameSet(one: readonly string[] = [], other: readonly string[] = []): boolean {
  return one.toSorted().join(' ') === other.toSorted().join(' ');
}

/** Whether the entry's token is the one that was made for it, is still good, and is what is asked for. */
async function hasToken(
  entry: unknown,
  rights: NewToken,
  values: Values,
  tokens: Tokens,
  nowMs: number,
): Promise<boolean> {
  const token = tokenIn(entry);
  const known = (await tokens.list()).find(({ name }) => name === rights.name);
  if (token === undefined || known === undefined || known.sha256 !== hashOf(token)) return false;
  const isAlive = known.expiresAt === undefined || Date.parse(known.expiresAt) > nowMs;
  return (
    isAlive &&
    values.expires === undefined &&
    (values.grants === undefined || isSameSet(known.grants, rights.grants)) &&
    (values.accounts === undefined || isSameSet(known.accounts, rights.accounts)) &&
    (values.toolsets === undefined || isSameSet(known.toolsets, rights.toolsets))
  );
}

async function revokeIfThere(tokens: Tokens, name: string): Promise<boolean> {
  const isThere = (await tokens.list()).some((token) => token.name === name);
  if (isThere) await tokens.revoke(name);
  return isThere;
}

function refuseForeign({ file, name }: Target, entry: unknown): void {
  if (entry === undefined || isOurs(entry)) return;
  throw new AppError('CONFLICT', `${file} has another server named ${name}.`, {
    field: '--name',
    expected: 'a name that is free',
    got: name,
    hint: `Choose another: --name ${name}-llm. Nothing was changed.`,
  });
}

/** Options that say what a client's token is good for. */
const tokenOptions = ['grants', 'accounts', 'toolsets', 'expires'] as const;

/** What a token for the client is to be good for; undefined for one that needs none. Throws `INVALID_INPUT`. */
function rightsFor(target: Target, values: Values, { environment }: CommandContext): NewToken | undefined {
  const configuration = parseConfiguration(environment);
  const isOpen = configuration.auth === 'none' && isLoopback(configuration.host);
  const own = mailGrants.filter((grant) => configuration.grants.has(grant)).join(',');
  const rights = newToken(target.tokenName, { ...values, grants: values.grants ?? own });
  const isHttp = target.client.transport === 'http';
  if (isHttp && !isOpen) return rights;
  const usable = isHttp ? [] : (['grants', 'toolsets'] as const);
  const unusable = tokenOptions.find((option) => values[option] !== undefined && !usable.some((one) => one === option));
  if (unusable === undefined) return undefined;
  const [reason, expected] = isHttp
    ? ['The server asks for no token (GMAIL_AUTH=none), so that nothing limits one client.', 'none of these options']
    : [`${target.client.title} starts a server of its own, which asks for no token.`, '--grants and --toolsets alone'];
  throw new AppError('INVALID_INPUT', reason, { field: `--${unusable}`, expected, got: `--${unusable}` });
}

/** Prints what would be written, for a file that somebody keeps by hand; changes nothing. */
function printEntry(target: Target, values: Values, context: CommandContext): number {
  const rights = rightsFor(target, values, context);
  const connection = connectionOf(context, values, rights === undefined ? undefined : placeholder);
  const { client, file, name } = target;
  const add = client.format === 'json' ? withJsonServer : withTomlServer;
  context.stdout.write(add('', client.servers, name, client.entry(connection), file));
  context.stderr.write(`Add this to ${file}.\n`);
  if (rights !== undefined) {
    const words = tokenOptions.flatMap((option) => {
      const value = option === 'grants' ? rights.grants.join(',') : values[option];
      return value === undefined ? [] : [`--${option} ${value}`];
    });
    context.stderr.write(`Make its ${placeholder}: gmail-llm token create ${target.tokenName} ${words.join(' ')}\n`);
    context.stderr.write(unservedToolsets(rights, parseConfiguration(context.environment)));
  }
  return 0;
}

async function connect(target: Target, values: Values, context: CommandContext, tokens: Tokens): Promise<number> {
  const { client, file, name, tokenName } = target;
  const before = currentEntry(target);
  refuseForeign(target, before);
  const rights = rightsFor(target, values, context);
  const now = new Date();
  fillHome(context.home);
  const kept =
    rights !== undefined && (await hasToken(before, rights, values, tokens, now.getTime()))
      ? tokenIn(before)
      : undefined;
  const entryWith = (token: string | undefined) => client.entry(connectionOf(context, values, token));
  if (changedText(target, entryWith(kept)) === readClientFile(file) && (rights === undefined || kept !== undefined)) {
    context.stdout.write(`${client.title} is connected already: ${name} in ${file}\n`);
    return 0;
  }
  let token = kept;
  if (rights !== undefined && kept === undefined) {
    await revokeIfThere(tokens, tokenName);
    token = await tokens.create(rights, now);
  }
  let copy: string | undefined;
  try {
    copy = writeClientFile(file, changedText(target, entryWith(token)), now);
  } catch (error) {
    if (kept === undefined) await revokeIfThere(tokens, tokenName);
    throw error;
  }
  context.stdout.write(`Connected ${client.title}: ${name} in ${file}\n`);
  if (copy !== undefined) context.stderr.write(`The file as it was: ${copy}\n`);
  if (rights !== undefined) {
    const shown = rights.toolsets === undefined ? '' : ` and the toolsets ${rights.toolsets.join(', ')}`;
    context.stderr.write(`Its token is ${tokenName}, with the grants ${rights.grants.join(', ')}${shown}.\n`);
    context.stderr.write(unservedToolsets(rights, parseConfiguration(context.environment)));
  }
  context.stderr.write(`${client.next}\n`);
  return 0;
}

function listClients(values: Values, context: CommandContext): number {
  const rows = Object.keys(clients)
    .filter(isClientName)
    .map((clientName) => {
      const target = targetOf(clientName, values, context);
      return {
        client: clientName,
        title: target.client.title,
        file: target.file,
        isConnected: isOurs(currentEntry(target)),
      };
    });
  const table = rows.map((row) => `${row.client}\t${row.title}\t${row.isConnected ? 'connected' : '–'}\t${row.file}\n`);
  context.stdout.write(values.json ? `${JSON.stringify(rows, null, 2)}\n` : table.join(''));
  return 0;
}

function inspectorLine(context: CommandContext): string {
  const { url } = connectionOf(context, {}, undefined);
  const header = '--header "Authorization: Bearer $(gmail-llm token)"';
  return `npx @modelcontextprotocol/inspector --cli ${url} --transport http ${header} --method tools/list\n`;
}

/** `gmail-llm connect`: writes the server into a client's configuration, with a token of its own, or lists the clients. */
export async function runConnect(context: CommandContext): Promise<number> {
  const { values, positionals } = parseWords(context.arguments, 'connect');
  if (positionals.length === 0) return listClients(values, context);
  if (positionals[0] === inspector && positionals.length === 1) {
    context.stdout.write(inspectorLine(context));
    return 0;
  }
  const target = targetOf(clientNamed(positionals), values, context);
  if (values.print) return printEntry(target, values, context);
  return withTokens(context, (tokens) => connect(target, values, context, tokens));
}

/** `gmail-llm disconnect`: takes the server out of a client's configuration and revokes its token. */
export async function runDisconnect(context: CommandContext): Promise<number> {
  const { values, positionals } = parseWords(context.arguments, 'disconnect');
  const target = targetOf(clientNamed(positionals), values, context);
  const { client, file, name, tokenName } = target;
  const entry = currentEntry(target);
  refuseForeign(target, entry);
  if (entry !== undefined) {
    const copy = writeClientFile(file, changedText(target, undefined), new Date());
    if (copy !== undefined) context.stderr.write(`The file as it was: ${copy}\n`);
  }
  const hadToken = await withTokens(context, (tokens) => revokeIfThere(tokens, tokenName));
  const isOff = entry !== undefined || hadToken;
  context.stdout.write(
    isOff
      ? `Disconnected ${client.title}: ${name} in ${file}\n`
      : `${client.title} is not connected: no ${name} in ${file}\n`,
  );
  return 0;
}
